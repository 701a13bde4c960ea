    // Every lane combines a strided share of the elements, then a tree over the lanes combines the
    // shares.
    var total{{PASS}} = {{IDENTITY}};
    if (point < {{POINTS}}u) {
        for (var inner = lane; inner < {{INNER}}u; inner += {{LANES}}u) {
{{PRE}}            total{{PASS}} = {{COMBINE}};
        }
    }
    share{{PASS}}[slot] = total{{PASS}};
    for (var reach = {{LANES}}u / 2u; reach > 0u; reach >>= 1u) {
        workgroupBarrier();
        if (lane < reach) {
            let value = share{{PASS}}[slot + reach * {{REACH}}u];
            total{{PASS}} = {{COMBINE_VALUE}};
            share{{PASS}}[slot] = total{{PASS}};
        }
    }
{{RESULT}}
