using System.Net;
using OrleansPool.Dashboard.Pages;
using OrleansPool.Dashboard.Watching;

namespace OrleansPool.Dashboard.Tests.Pages;

/// <summary>What the sections say of fabrics that are hard to come by.</summary>
public sealed class SectionTests
{
    private static readonly NodeId Node = new(SiloAddress.New(IPAddress.Loopback, 11111, 1), new NodeIncarnation(1));

    [Fact]
    public void Before_the_first_answer_every_section_waits()
    {
        foreach (PageSection section in PoolPage.Sections.Where(section => section.Title is not null))
        {
            Assert.Contains("waiting", section.Render(FabricSnapshot.Nothing).ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_cluster_that_does_not_answer_is_told_with_the_age_of_the_figures()
    {
        FabricSnapshot silent = Of() with { SilentFor = TimeSpan.FromSeconds(75) };

        Assert.Contains("1 min 15 s old", NoticeSection.Render(silent).ToString(), StringComparison.Ordinal);
        Assert.Contains("does not answer", NoticeSection.Render(FabricSnapshot.Nothing with { SilentFor = TimeSpan.Zero }).ToString(), StringComparison.Ordinal);
        Assert.Empty(NoticeSection.Render(Of()).ToString());
    }

    [Fact]
    public void A_silo_that_does_not_answer_has_a_notice_and_a_row()
    {
        FabricSnapshot snapshot = Of("10.0.0.7:11111@5");

        Assert.Contains("10.0.0.7:11111@5", NoticeSection.Render(snapshot).ToString(), StringComparison.Ordinal);
        Assert.Contains("no answer", NodesSection.Render(snapshot).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_turned_down_in_the_last_minute_stand_out()
    {
        FabricSnapshot snapshot = Of() with { History = [new ActivityPoint(0, 0, 0, 2)] };

        string totals = TotalsSection.Render(snapshot).ToString();

        Assert.Contains("card bad", totals, StringComparison.Ordinal);
        Assert.Contains("1 in the last minute", totals, StringComparison.Ordinal);
    }

    [Fact]
    public void A_region_that_lost_bytes_comes_first_and_its_node_is_gone()
    {
        var elsewhere = new NodeId(SiloAddress.New(IPAddress.Loopback, 11112, 1), new NodeIncarnation(2));
        FabricSnapshot snapshot = Of() with
        {
            Regions = [new RegionInfo("large", "default", 1 << 30, 0, [Node]), new RegionInfo("hurt", "default", 4096, 4096, [elsewhere])],
        };

        string regions = RegionsSection.Render(snapshot).ToString();

        Assert.True(regions.IndexOf("hurt", StringComparison.Ordinal) < regions.IndexOf("large", StringComparison.Ordinal));
        Assert.Contains("gone", regions, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lease_shows_its_trace_and_one_without_label_says_so()
    {
        var lease = new LeaseInfo(
            "01234567…", "default", Node, "a", new SegmentId(1), 4096, "", TimeSpan.FromSeconds(5), TimeSpan.MaxValue, null, "0af7651916cd43dd8448eb211c80319c");

        string leases = LeasesSection.Render(Of(), [lease]).ToString();

        Assert.Contains("no label", leases, StringComparison.Ordinal);
        Assert.Contains("title=\"0af7651916cd43dd8448eb211c80319c\"", leases, StringComparison.Ordinal);
        Assert.Contains("never", leases, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pool_shows_quota_spill_waiters_and_sparse_segments_and_only_where_there_are_any()
    {
        string quiet = PoolsSection.Render(Of()).ToString();
        var pressed = new PoolReport("default", 4096, 1000, 100, 60, 1, 0, new PoolCounters(1, 0, 0, 3, 0, 0))
        {
            QuotaBytes = 8192,
            SpilledBytes = 16384,
            WaiterCount = 7,
            SegmentCount = 5,
            SparseSegmentCount = 2,
        };
        var node = new NodeReport(Node, "a", 1 << 20, 1000, 500_000, 0, 16384, 0, [pressed]);
        string loud = PoolsSection.Render(FabricSnapshot.Nothing with { Report = new FabricReport([node], []) }).ToString();

        Assert.All(["of 8 KiB", "spilled 16 KiB", "2 sparse"], part => Assert.Contains(part, loud, StringComparison.Ordinal));
        Assert.Contains("<td class=\"n bad\">7</td>", loud, StringComparison.Ordinal);
        Assert.All(["spilled", "sparse</span>"], part => Assert.DoesNotContain(part, quiet, StringComparison.Ordinal));
    }

    [Fact]
    public void A_node_shows_its_data_port_and_whom_it_turned_away()
    {
        NodeReport node = Of().Report!.Nodes[0];
        Assert.Contains("bytes by grain calls", Rendered(null), StringComparison.Ordinal);

        string quiet = Rendered(new DataPortReport("10.0.0.7:4000", 1234, 5678, 0));
        Assert.All(["10.0.0.7:4000", ">1&#x202F;234 open<", "5&#x202F;678 since"], part => Assert.Contains(part, quiet, StringComparison.Ordinal));
        Assert.DoesNotContain("refused", quiet, StringComparison.Ordinal);

        Assert.Contains("<b class=\"bad\">3 refused</b>", Rendered(new DataPortReport("10.0.0.7:4000", 1, 1, 3)), StringComparison.Ordinal);

        string Rendered(DataPortReport? port) =>
            NodesSection.Render(FabricSnapshot.Nothing with { Report = new FabricReport([node with { DataPort = port }], []) }).ToString();
    }

    private static FabricSnapshot Of(params string[] silent)
    {
        var pool = new PoolReport("default", 4096, 1000, 100, 60, 1, 0, new PoolCounters(1, 0, 0, 3, 0, 0));
        var node = new NodeReport(Node, "a", 1 << 20, 1000, 500_000, 0, 16384, 0, [pool]);
        return FabricSnapshot.Nothing with { Report = new FabricReport([node], silent) };
    }
}
