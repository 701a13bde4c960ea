// Threefry-2x32 with 20 rounds (Salmon et al. 2011, Random123): two random words of a key and a
// counter. Adds, rotations and exclusive ors only, hence the same bits on every device.
fn threefry_round(x: vec2<u32>, turn: u32) -> vec2<u32> {
    let sum = x.x + x.y;
    return vec2<u32>(sum, ((x.y << turn) | (x.y >> (32u - turn))) ^ sum);
}

fn threefry(key: vec2<u32>, counter: vec2<u32>) -> vec2<u32> {
    let parity = key.x ^ key.y ^ 0x1BD11BDAu;
    var x = counter + key;
    x = threefry_round(x, 13u);
    x = threefry_round(x, 15u);
    x = threefry_round(x, 26u);
    x = threefry_round(x, 6u);
    x += vec2<u32>(key.y, parity + 1u);
    x = threefry_round(x, 17u);
    x = threefry_round(x, 29u);
    x = threefry_round(x, 16u);
    x = threefry_round(x, 24u);
    x += vec2<u32>(parity, key.x + 2u);
    x = threefry_round(x, 13u);
    x = threefry_round(x, 15u);
    x = threefry_round(x, 26u);
    x = threefry_round(x, 6u);
    x += vec2<u32>(key.x, key.y + 3u);
    x = threefry_round(x, 17u);
    x = threefry_round(x, 29u);
    x = threefry_round(x, 16u);
    x = threefry_round(x, 24u);
    x += vec2<u32>(key.y, parity + 4u);
    x = threefry_round(x, 13u);
    x = threefry_round(x, 15u);
    x = threefry_round(x, 26u);
    x = threefry_round(x, 6u);
    x += vec2<u32>(parity, key.x + 5u);
    return x;
}

// Word `element & 1` of the block that `element` shares with its neighbour.
fn random_word(key: vec2<u32>, element: u32, invocation: u32) -> u32 {
    let block = threefry(key, vec2<u32>(element >> 1u, invocation));
    return select(block.x, block.y, (element & 1u) == 1u);
}
