using OrleansPool.Dashboard.Watching;

namespace OrleansPool.Dashboard.Pages;

/// <summary>Node by node: what its memory is used for, and how busy it is.</summary>
internal static class NodesSection
{
    private const double FullRatio = 0.9;

    public static Html Render(FabricSnapshot snapshot)
    {
        if (snapshot.Report is null) return Html.Of($"""<p class="empty waiting">Waiting for the first answer of the cluster …</p>""");
        if (snapshot.Nodes.Count == 0) return Html.Of($"""<p class="empty">No node answers. Start a silo that has AddOrleansPool().</p>""");
        return Html.Of($"""
            <div class="scroll"><table>
            <thead><tr><th>Node</th><th class="wide">Memory</th><th class="n">Leased</th><th class="n">Free</th><th class="n">Capacity</th><th class="n">Cached</th><th class="n">Leases</th><th>Data port</th><th class="n">Operations</th><th class="n">Throughput</th></tr></thead>
            <tbody>{Html.Each(snapshot.Nodes, node => Row(snapshot, node))}{Html.Each(snapshot.Report.Silent, SilentRow)}</tbody>
            </table></div>
            <p class="legend"><i class="leased"></i>leased <i class="reserved"></i>reserved <i class="cache"></i>cache <i class="book"></i>metadata and logs <i class="free"></i>free</p>
            """);
    }

    private static Html Row(FabricSnapshot snapshot, NodeReport node)
    {
        snapshot.Loads.TryGetValue(node.Node, out NodeLoad load);
        bool isFull = node.FreeBytes < node.CapacityBytes * (1 - FullRatio);
        return Html.Of($"""
            <tr data-node="{node.Name}" data-leased="{node.LeasedBytes.ToString(System.Globalization.CultureInfo.InvariantCulture)}">
            <th scope="row"><span class="name">{node.Name}</span><span class="sub">{node.Node.ToString()}</span></th>
            <td class="wide">{Bar(node)}</td>
            <td class="n {(isFull ? "bad" : "")}">{Figures.Bytes(node.LeasedBytes)}<span class="sub">{Figures.Percent((double)node.LeasedBytes / node.CapacityBytes)}</span></td>
            <td class="n">{Figures.Bytes(node.FreeBytes)}</td>
            <td class="n">{Figures.Bytes(node.CapacityBytes)}</td>
            <td class="n">{Figures.Bytes(node.CacheBytes)}<span class="sub">of {Figures.Bytes(node.CacheCapacityBytes)}</span></td>
            <td class="n">{Figures.Count(node.Pools.Sum(pool => pool.LeaseCount))}</td>
            <td class="port">{Port(node.DataPort)}</td>
            <td class="n">{Figures.PerSecond(load.OperationsPerSecond)}</td>
            <td class="n">{Figures.BytesPerSecond(load.BytesPerSecond)}</td>
            </tr>
            """);
    }

    private static Html SilentRow(string silo) => Html.Of($"""
        <tr class="silent"><th scope="row"><span class="name">no answer</span><span class="sub">{silo}</span></th><td colspan="9">Its memory is out of reach until it answers, or membership declares it dead.</td></tr>
        """);

    /// <summary>Where bytes are asked for, and by how many; who was turned away goes by grain calls, so that stands out.</summary>
    private static Html Port(DataPortReport? port)
    {
        if (port is null) return Html.Of($"""<span class="none">none</span><span class="sub">bytes by grain calls</span>""");
        Html refused = port.RefusedCount == 0 ? Html.Of($"") : Html.Of($""" · <b class="bad">{Figures.Count(port.RefusedCount)} refused</b>""");
        return Html.Of($"""{port.Endpoint}<span class="sub" title="{Figures.Count(port.AdmittedCount)} since the node started">{Figures.Count(port.ConnectionCount)} open{refused}</span>""");
    }

    /// <summary>All of a node's memory as one bar: what is not free is told apart.</summary>
    private static Html Bar(NodeReport node)
    {
        double Width(long bytes) => node.CapacityBytes == 0 ? 0 : 100.0 * bytes / node.CapacityBytes;
        string text = $"{Figures.Bytes(node.LeasedBytes)} leased, {Figures.Bytes(node.ReservedBytes)} reserved, {Figures.Bytes(node.CacheCapacityBytes)} cache, {Figures.Bytes(node.MetadataBytes)} metadata and logs, {Figures.Bytes(node.FreeBytes)} free";
        return Html.Of($"""<div class="bar" role="img" aria-label="{text}" title="{text}"><i class="leased" style="width:{Width(node.LeasedBytes)}%"></i><i class="reserved" style="width:{Width(node.ReservedBytes)}%"></i><i class="cache" style="width:{Width(node.CacheCapacityBytes)}%"></i><i class="book" style="width:{Width(node.MetadataBytes)}%"></i></div>""");
    }
}
