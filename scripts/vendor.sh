#!/bin/sh
# Copies the browser assets of package-lock.json into static/vendor/<name>-<version>/, with their licences, and
# writes static/vendor/manifest.txt. Run it after a change of package.json or scripts/icons.txt and commit the result;
# installations never need npm. The files stay as published, but for the pointer to a source map that we do not ship.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp package.json package-lock.json "$work/"
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --legacy-peer-deps --loglevel=error)

version() { node -p "require('$work/node_modules/$1/package.json').version"; }

rm -rf static/vendor
source="$work/node_modules/bootstrap"
target="static/vendor/bootstrap-$(version bootstrap)"
mkdir -p "$target"
cp "$source/LICENSE" "$target/"
for name in reboot grid; do
    sed '/^\/\*# sourceMappingURL=.*\*\/$/d' "$source/dist/css/bootstrap-$name.min.css" >"$target/bootstrap-$name.min.css"
done

source="$work/node_modules/bootstrap-icons"
target="static/vendor/bootstrap-icons-$(version bootstrap-icons)"
mkdir -p "$target"
cp "$source/LICENSE" "$target/"
{
    printf '<svg xmlns="http://www.w3.org/2000/svg">\n'
    while read -r icon; do
        printf '<symbol id="%s" viewBox="0 0 16 16">' "$icon"
        sed -e '/<svg /d' -e 's/<\/svg>.*//' -e 's/^ *//' "$source/icons/$icon.svg" | tr -d '\n'
        printf '</symbol>\n'
    done <scripts/icons.txt
    printf '</svg>\n'
} >"$target/sprite.svg"

# A library that is one file: its published build and its licence.
single() {
    target="static/vendor/$1-$(version "$1")"
    mkdir -p "$target"
    cp "$work/node_modules/$1/LICENSE" "$target/"
    cp "$work/node_modules/$1/dist/$2" "$target/"
}
single htmx.org htmx.min.js
single echarts echarts.common.min.js
cp "$work/node_modules/echarts/NOTICE" "static/vendor/echarts-$(version echarts)/"

(cd static/vendor && find . -type f ! -name manifest.txt | LC_ALL=C sort | sed 's|^\./||' | xargs -d '\n' sha256sum >../manifest.tmp)
mv static/manifest.tmp static/vendor/manifest.txt
