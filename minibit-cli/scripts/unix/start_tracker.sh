#!/bin/sh
exec "$(dirname "$0")/../../target/dist/bin/minibit" start-tracker "$@"
