    // Every lane combines a strided share of the elements, then a tree over the lanes combines the
    // shares.
    var total{{PASS}} = {{IDENTITY}};
{{ELEMENTS}}    share{{PASS}}[slot] = total{{PASS}};
    for (var distance = lanes / 2u; distance > 0u; distance >>= 1u) {
        workgroupBarrier();
        if (lane < distance) {
            let value = share{{PASS}}[slot + distance * reach];
            total{{PASS}} = {{COMBINE}};
            share{{PASS}}[slot] = total{{PASS}};
        }
    }
    {{RESULT}}
