#!/bin/sh
# PostgreSQL's restore_command: restore-wal.sh NAME PATH DIRECTORY
#
# Puts DIRECTORY/NAME.gz, uncompressed, at PATH. Exit code 1 says that there is no such file, which PostgreSQL asks about
# all the time; any damage ends recovery instead (an exit code above 125), so that half a history is never taken for a whole.
# Source: PostgreSQL 18, 25.3.5, Recovering Using a Continuous Archive Backup.
set -eu
name=$1
goal=$2
source="$3/$name.gz"

if ! [ -d "$3" ] || ! [ -r "$3" ] || ! [ -x "$3" ]; then
  echo "restore-wal: $3 is no directory that this user can read" >&2
  exit 126
fi
[ -e "$source" ] || exit 1
if ! gzip -dc "$source" >"$goal"; then
  echo "restore-wal: $source is damaged or cannot be read" >&2
  exit 126
fi
