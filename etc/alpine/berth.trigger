#!/bin/sh
# Not yet run: see APKBUILD. apk runs it when a package changes files in /usr/libexec/lxc.
exec /usr/libexec/berth/replace-helper install /usr/libexec/lxc
