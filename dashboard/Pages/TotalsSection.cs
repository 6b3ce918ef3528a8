using OrleansPool.Dashboard.Watching;

namespace OrleansPool.Dashboard.Pages;

/// <summary>The fabric as one: how full, how busy, and whether it turned anybody down.</summary>
internal static class TotalsSection
{
    public static Html Render(FabricSnapshot snapshot)
    {
        if (snapshot.Report is null) return Html.Of($"""<div class="cards">{Html.Each(Enumerable.Range(0, 6), _ => Html.Of($"""<div class="card waiting"></div>"""))}</div>""");
        long capacity = snapshot.Nodes.Sum(node => node.CapacityBytes);
        long leased = snapshot.Nodes.Sum(node => node.LeasedBytes);
        long free = snapshot.Nodes.Sum(node => node.FreeBytes);
        long cached = snapshot.Nodes.Sum(node => node.CacheBytes);
        long leases = snapshot.Pools.Sum(pool => pool.LeaseCount);
        long kept = snapshot.Pools.Sum(pool => pool.KeptCount);
        ActivityPoint now = snapshot.History.Count > 0 ? snapshot.History[^1] : default;
        bool isTight = snapshot.RecentExhaustions > 0;
        return Html.Of($"""
            <div class="cards">
            <div class="card"><h3>Leased</h3><p class="figure" id="total-leased">{WithUnit(Figures.Bytes(leased))}</p><p class="of">{Figures.Percent(Ratio(leased, capacity))} of {Figures.Bytes(capacity)} on {Figures.Count(snapshot.Nodes.Count)} {(snapshot.Nodes.Count == 1 ? "node" : "nodes")}</p>{Spark(snapshot, point => point.LeasedBytes)}</div>
            <div class="card"><h3>Free</h3><p class="figure">{WithUnit(Figures.Bytes(free))}</p><p class="of">{Figures.Percent(Ratio(free, capacity))} · cached {Figures.Bytes(cached)}</p></div>
            <div class="card"><h3>Leases</h3><p class="figure" id="total-leases">{Figures.Count(leases)}</p><p class="of">{Figures.Count(kept)} of them kept by regions</p></div>
            <div class="card"><h3>Operations</h3><p class="figure">{WithUnit(Figures.PerSecond(now.OperationsPerSecond))}</p><p class="of">last minute</p>{Spark(snapshot, point => point.OperationsPerSecond)}</div>
            <div class="card"><h3>Throughput</h3><p class="figure">{WithUnit(Figures.BytesPerSecond(now.BytesPerSecond))}</p><p class="of">last minute</p>{Spark(snapshot, point => point.BytesPerSecond)}</div>
            <div class="card {(isTight ? "bad" : "")}"><h3>Exhaustions</h3><p class="figure" id="total-exhaustions">{Figures.Count(snapshot.Exhaustions)}</p><p class="of">{(isTight ? $"{Figures.Count(snapshot.RecentExhaustions)} in the last minute" : snapshot.Exhaustions == 0 ? "nobody was turned down" : "none in the last minute")}</p></div>
            </div>
            """);
    }

    /// <summary>A figure whose unit stands back.</summary>
    private static Html WithUnit(string figure)
    {
        int unit = figure.IndexOf(' ', StringComparison.Ordinal) + 1;
        return Html.Of($"""{figure[..unit]}<small>{figure[unit..]}</small>""");
    }

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    /// <summary>A line over the last minute, scaled to its own highest value.</summary>
    private static Html Spark(FabricSnapshot snapshot, Func<ActivityPoint, double> value)
    {
        const double Width = 120;
        const double Height = 28;
        double[] values = [.. snapshot.History.Select(value)];
        double highest = values.DefaultIfEmpty().Max();
        if (values.Length < 2 || highest <= 0) return Html.Of($"""<svg class="spark" viewBox="0 0 120 30" preserveAspectRatio="none" aria-hidden="true"><path class="line" d="M0 29H120"/></svg>""");
        double step = Width / (FabricWatch.HistoryCountMax - 1);
        double first = Width - ((values.Length - 1) * step);
        Html points = Html.Each(Enumerable.Range(0, values.Length), i => Html.Of($"{first + (i * step)} {1 + Height - (values[i] / highest * Height)} "));
        return Html.Of($"""<svg class="spark" viewBox="0 0 120 30" preserveAspectRatio="none" aria-hidden="true"><polygon points="{first} 30 {points}120 30"/><polyline class="line" points="{points}"/></svg>""");
    }
}
