using OrleansPool.Dashboard.Watching;

namespace OrleansPool.Dashboard.Pages;

/// <summary>Leases that stand out: who holds what, since when, from which trace.</summary>
internal static class LeasesSection
{
    private const int TraceDigits = 8;

    public static Html Render(FabricSnapshot snapshot, IReadOnlyList<LeaseInfo> leases)
    {
        if (snapshot.Report is null) return Html.Of($"""<p class="empty waiting">Waiting …</p>""");
        if (leases.Count == 0) return Html.Of($"""<p class="empty">Nothing is leased.</p>""");
        return Html.Of($"""
            <div class="scroll leases"><table>
            <thead><tr><th>Owner</th><th class="n">Bytes</th><th class="n">Age</th><th class="n">Runs out in</th><th>Pool</th><th>Node</th><th>Trace</th></tr></thead>
            <tbody>{Html.Each(leases, Row)}</tbody>
            </table></div>
            """);
    }

    private static Html Row(LeaseInfo lease) => Html.Of($"""
        <tr>
        <th scope="row"><span class="name" title="{Holder(lease)}">{Holder(lease)}</span><span class="sub">{lease.Id}</span></th>
        <td class="n">{Figures.Bytes(lease.Bytes)}</td>
        <td class="n">{Figures.Span(lease.Age)}</td>
        <td class="n">{(lease.ExpiresIn == TimeSpan.MaxValue ? "never" : Figures.Span(lease.ExpiresIn))}</td>
        <td>{lease.Pool}</td>
        <td>{lease.NodeName}</td>
        <td>{Trace(lease)}</td>
        </tr>
        """);

    private static string Holder(LeaseInfo lease) =>
        lease.Region is { } region ? $"region {region}" : lease.Owner.Length > 0 ? lease.Owner : "no label";

    private static Html Trace(LeaseInfo lease) => lease.TraceId is { } trace
        ? Html.Of($"""<code title="{trace}">{trace[..TraceDigits]}…</code>""")
        : Html.Of($"""<span class="none">{Figures.None}</span>""");
}
