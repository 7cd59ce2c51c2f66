#!/bin/sh
# PostgreSQL's archive_command: archive-wal.sh PATH NAME DIRECTORY
#
# Keeps one file of the write-ahead log as DIRECTORY/NAME.gz. Exit code 0 promises that it is whole and on disk: PostgreSQL
# then removes its own copy. So: write under another name, flush, give it its name by a hard link, which refuses when the
# name is taken. A name that is taken is in order when it has the same content (the server was killed before it noted
# our success), and is never written over otherwise: it would be the log of another server, or of another history.
# The time of the last write is kept: it says until when the archive reaches.
# Source: PostgreSQL 18, 25.3.1, Setting Up WAL Archiving.
set -eu
source=$1
name=$2
directory=$3
goal="$directory/$name.gz"
draft="$directory/.$name.$$.draft"
umask 077

if [ -e "$goal" ]; then
  if gzip -dc "$goal" | cmp -s - "$source"; then
    sync "$goal" "$directory"
    exit 0
  fi
  echo "archive-wal: $goal exists with other content and is not written over" >&2
  exit 1
fi
trap 'rm -f "$draft"' EXIT
gzip -1 -n -c "$source" >"$draft"
touch -r "$source" "$draft"
sync "$draft"
ln "$draft" "$goal"
rm -f "$draft"
sync "$directory"
