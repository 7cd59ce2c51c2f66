/**
 * A certificate for localhost and 127.0.0.1 that signs itself, with its key, for servers in tests: valid for a hundred
 * years, trusted by nobody who is not told to. Made with  openssl req -x509 -newkey ec -days 36500 …
 */
export const localhostKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWhS8xw8wTxCgcCMu
3M+pq48cdsHDPLGQNL5+gSjM9HuhRANCAAQ9hVtjhVQkJJnUywJfAd7inPLrNeYO
DYOgvmIbdiWM64e8faFshdDMJUDpbGczGKh3g7lr3JPxXztQK/NR1XkO
-----END PRIVATE KEY-----
`;
export const localhostCertificate = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIULEOGIMR6mCHYZ7rbC0AbWHhg6fgwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyODEzNTIwMFoYDzIxMjYxMTA0
MTM1MjAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ9hVtjhVQkJJnUywJfAd7inPLrNeYODYOgvmIbdiWM64e8faFshdDM
JUDpbGczGKh3g7lr3JPxXztQK/NR1XkOo28wbTAdBgNVHQ4EFgQUSSuEddd9i44o
dNdTpms7egau3NcwHwYDVR0jBBgwFoAUSSuEddd9i44odNdTpms7egau3NcwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgWa1nXVpT3j4tb5nOGQCCDvHgeRIWv980D5sv4suZwwwCIFbW
7/fGj/byrvPr7MtAwuviN0nbVJXXstQky/JsRnJD
-----END CERTIFICATE-----
`;
