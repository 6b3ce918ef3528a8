using OrleansPool.Dashboard.Watching;

namespace OrleansPool.Dashboard.Pages;

/// <summary>The largest regions, and which of them lost bytes.</summary>
internal static class RegionsSection
{
    private const int RowCountMax = 20;

    public static Html Render(FabricSnapshot snapshot)
    {
        if (snapshot.Regions is not { } regions) return Html.Of($"""<p class="empty waiting">Waiting …</p>""");
        if (regions.Count == 0) return Html.Of($"""<p class="empty">No region has been made. <code>orleanspool put FILE NAME</code> makes one.</p>""");
        RegionInfo[] shown = [.. regions.OrderByDescending(region => region.LostBytes > 0).ThenByDescending(region => region.Length).Take(RowCountMax)];
        string rest = regions.Count > shown.Length ? $"The largest {shown.Length} of {Figures.Count(regions.Count)} regions" : $"{Figures.Count(regions.Count)} {(regions.Count == 1 ? "region" : "regions")}";
        Dictionary<NodeId, string> names = snapshot.Nodes.ToDictionary(node => node.Node, node => node.Name);
        return Html.Of($"""
            <div class="scroll"><table>
            <thead><tr><th>Name</th><th class="n">Length</th><th class="n">Lost</th><th>Pool</th><th>Nodes</th></tr></thead>
            <tbody>{Html.Each(shown, region => Row(region, names))}</tbody>
            </table></div>
            <p class="legend">{rest}, {Figures.Bytes(regions.Sum(region => (double)region.Length))} in all</p>
            """);
    }

    private static Html Row(RegionInfo region, Dictionary<NodeId, string> names) => Html.Of($"""
        <tr data-region="{region.Name}">
        <th scope="row"><span class="name">{region.Name}</span></th>
        <td class="n">{Figures.Bytes(region.Length)}</td>
        <td class="n {(region.LostBytes > 0 ? "bad" : "none")}">{(region.LostBytes > 0 ? Figures.Bytes(region.LostBytes) : Figures.None)}</td>
        <td>{region.Pool}</td>
        <td>{string.Join(", ", region.Nodes.Select(node => names.GetValueOrDefault(node) ?? "gone"))}</td>
        </tr>
        """);
}
