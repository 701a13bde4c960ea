// tanh(x·w + b) through shared memory.
// Dispatch 1 of 1: 32 × 1 workgroups, 0 words of scratch.

@group(0) @binding(4) var<storage, read> data: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> io: array<f32>;
@group(0) @binding(8) var<uniform> offsets: array<vec4<u32>, 1>;

alias Row = vec4<f32>;

var<workgroup> tile_a: array<vec4<f32>, 288>;
var<workgroup> tile_b: array<vec4<f32>, 288>;

fn finish(item: u32, row: u32, column: u32, lane: u32, result0: f32) {
    let line = item * 256u + row;
    let point = line * 128u + column;
    let c0 = line;
    let c1 = column;
    let r0 = result0;
    let r1 = data[(offsets[0].z + c1) >> 2u][(offsets[0].z + c1) & 3u];
    let r2 = r0 + r1;
    let r3 = tanh(clamp(r2, -15.0, 15.0));
    io[offsets[0].w + c0 * 128u + c1] = r3;
}

@compute @workgroup_size(8, 8)
fn main(
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) index: u32,
    @builtin(workgroup_id) group: vec3<u32>,
) {
    let number = group.x + group.y * 32u;
    let tile_n = number % 4u;
    let tile_m = number / 4u % 8u;
    let item = number / 32u % 1u;
    let m0 = tile_m * 32u + local.y * 4u;
    let n0 = tile_n * 32u + local.x * 4u;
    let a_base = offsets[0].x;
    let a_row = index % 32u;
    let a_four = index / 32u;
    let a_at0 = (tile_m * 32u + a_four * 4u + 0u);
    let a0 = a_base + a_at0 * 128u;
    let a1 = a0 + 1u * 128u;
    let a2 = a0 + 2u * 128u;
    let a3 = a0 + 3u * 128u;
    let a_at4 = (tile_m * 32u + a_four * 4u + 8u);
    let a4 = a_base + a_at4 * 128u;
    let a5 = a4 + 1u * 128u;
    let a6 = a4 + 2u * 128u;
    let a7 = a4 + 3u * 128u;
    let a_at8 = (tile_m * 32u + a_four * 4u + 16u);
    let a8 = a_base + a_at8 * 128u;
    let a9 = a8 + 1u * 128u;
    let a10 = a8 + 2u * 128u;
    let a11 = a8 + 3u * 128u;
    let a_at12 = (tile_m * 32u + a_four * 4u + 24u);
    let a12 = a_base + a_at12 * 128u;
    let a13 = a12 + 1u * 128u;
    let a14 = a12 + 2u * 128u;
    let a15 = a12 + 3u * 128u;
    let b_base = offsets[0].y;
    let b_row = index / 8u;
    let b_four = index % 8u;
    let b_at0 = (tile_n * 32u + b_four * 4u + 0u);
    let b0 = b_base + b_at0;
    let b1 = b0 + 1u;
    let b2 = b0 + 2u;
    let b3 = b0 + 3u;
    var sum0 = Row();
    var sum1 = Row();
    var sum2 = Row();
    var sum3 = Row();
    for (var k0 = 0u; k0 < 128u; k0 += 32u) {
        {
            let row = a_row + 0u;
            let k = k0 + row;
            let at = 0u + k;
            tile_a[row * 9u + a_four + 0u] = vec4<f32>(data[(a0 + at) >> 2u][(a0 + at) & 3u], data[(a1 + at) >> 2u][(a1 + at) & 3u], data[(a2 + at) >> 2u][(a2 + at) & 3u], data[(a3 + at) >> 2u][(a3 + at) & 3u]);
        }
        {
            let row = a_row + 0u;
            let k = k0 + row;
            let at = 0u + k;
            tile_a[row * 9u + a_four + 2u] = vec4<f32>(data[(a4 + at) >> 2u][(a4 + at) & 3u], data[(a5 + at) >> 2u][(a5 + at) & 3u], data[(a6 + at) >> 2u][(a6 + at) & 3u], data[(a7 + at) >> 2u][(a7 + at) & 3u]);
        }
        {
            let row = a_row + 0u;
            let k = k0 + row;
            let at = 0u + k;
            tile_a[row * 9u + a_four + 4u] = vec4<f32>(data[(a8 + at) >> 2u][(a8 + at) & 3u], data[(a9 + at) >> 2u][(a9 + at) & 3u], data[(a10 + at) >> 2u][(a10 + at) & 3u], data[(a11 + at) >> 2u][(a11 + at) & 3u]);
        }
        {
            let row = a_row + 0u;
            let k = k0 + row;
            let at = 0u + k;
            tile_a[row * 9u + a_four + 6u] = vec4<f32>(data[(a12 + at) >> 2u][(a12 + at) & 3u], data[(a13 + at) >> 2u][(a13 + at) & 3u], data[(a14 + at) >> 2u][(a14 + at) & 3u], data[(a15 + at) >> 2u][(a15 + at) & 3u]);
        }
        {
            let row = b_row + 0u;
            let k = k0 + row;
            let at = 0u + k * 128u;
            tile_b[row * 9u + b_four + 0u] = data[(b0 + at) >> 2u];
        }
        {
            let row = b_row + 8u;
            let k = k0 + row;
            let at = 0u + k * 128u;
            tile_b[row * 9u + b_four + 0u] = data[(b0 + at) >> 2u];
        }
        {
            let row = b_row + 16u;
            let k = k0 + row;
            let at = 0u + k * 128u;
            tile_b[row * 9u + b_four + 0u] = data[(b0 + at) >> 2u];
        }
        {
            let row = b_row + 24u;
            let k = k0 + row;
            let at = 0u + k * 128u;
            tile_b[row * 9u + b_four + 0u] = data[(b0 + at) >> 2u];
        }
        workgroupBarrier();
        for (var k = 0u; k < 32u; k++) {
            let a = tile_a[k * 9u + local.y];
            let b = tile_b[k * 9u + local.x];
            sum0 += a.x * b;
            sum1 += a.y * b;
            sum2 += a.z * b;
            sum3 += a.w * b;
        }
        workgroupBarrier();
    }
    var sums = array<Row, 4>(sum0, sum1, sum2, sum3);
    for (var i = 0u; i < 4u; i++) {
        for (var j = 0u; j < 4u; j++) {
            if (m0 + i < 256u && n0 + j < 128u) {
                finish(item, m0 + i, n0 + j, j, sums[i][j]);
            }
        }
    }
}
