using OrleansPool.Dashboard.Watching;

namespace OrleansPool.Dashboard.Pages;

/// <summary>Pool by pool, over all nodes.</summary>
internal static class PoolsSection
{
    public static Html Render(FabricSnapshot snapshot)
    {
        if (snapshot.Report is null) return Html.Of($"""<p class="empty waiting">Waiting …</p>""");
        return Html.Of($"""
            <div class="scroll"><table>
            <thead><tr><th>Pool</th><th class="n">Leased</th><th class="n">Free blocks</th><th class="n">Segments</th><th class="n">Leases</th><th class="n">Waiting</th><th class="n">Taken</th><th class="n">Freed</th><th class="n">Ran out</th><th class="n">Fenced</th><th class="n">Turned down</th></tr></thead>
            <tbody>{Html.Each(snapshot.Pools.GroupBy(pool => (pool.Name, pool.BlockBytes)).OrderBy(pool => pool.Key.Name, StringComparer.Ordinal), Row)}</tbody>
            </table></div>
            """);
    }

    private static Html Row(IGrouping<(string Name, int BlockBytes), PoolReport> pool)
    {
        long exhaustions = pool.Sum(share => share.Counters.Exhaustions);
        long quota = pool.Sum(share => share.QuotaBytes);
        long spilled = pool.Sum(share => share.SpilledBytes);
        int sparse = pool.Sum(share => share.SparseSegmentCount);
        int waiters = pool.Sum(share => share.WaiterCount);
        return Html.Of($"""
            <tr data-pool="{pool.Key.Name}">
            <th scope="row"><span class="name">{pool.Key.Name}</span><span class="sub">blocks of {Figures.Bytes(pool.Key.BlockBytes)}</span></th>
            <td class="n">{Figures.Bytes(pool.Sum(share => share.LeasedBytes))}{Sub(quota > 0, $"of {Figures.Bytes(quota)}")}{Sub(spilled > 0, $"spilled {Figures.Bytes(spilled)}")}</td>
            <td class="n">{Figures.Count(pool.Sum(share => share.FreeCount))}</td>
            <td class="n">{Figures.Count(pool.Sum(share => share.SegmentCount))}{Sub(sparse > 0, $"{Figures.Count(sparse)} sparse")}</td>
            <td class="n">{Figures.Count(pool.Sum(share => share.LeaseCount))}</td>
            <td class="n {(waiters > 0 ? "bad" : "")}">{Figures.Count(waiters)}</td>
            <td class="n">{Figures.Count(pool.Sum(share => share.Counters.Leases))}</td>
            <td class="n">{Figures.Count(pool.Sum(share => share.Counters.Frees))}</td>
            <td class="n">{Figures.Count(pool.Sum(share => share.Counters.Expiries))}</td>
            <td class="n">{Figures.Count(pool.Sum(share => share.Counters.Fences))}</td>
            <td class="n {(exhaustions > 0 ? "bad" : "")}">{Figures.Count(exhaustions)}</td>
            </tr>
            """);
    }

    private static Html Sub(bool isShown, string text) => isShown ? Html.Of($"""<span class="sub">{text}</span>""") : Html.Of($"");
}
