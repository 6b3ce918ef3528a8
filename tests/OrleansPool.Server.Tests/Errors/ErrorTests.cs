using OrleansPool.Grains;

namespace OrleansPool.Server.Tests.Errors;

/// <summary>Every error that users see, raised through the public interface, from a silo and from an external client.</summary>
[Collection(SharedCluster.Name)]
public sealed class ErrorTests(SharedCluster shared)
{
    private static readonly LeaseOptions Local = new() { Fallback = LeaseFallback.LocalNodeOnly };

    // Long enough that a busy machine uses it in time: what waits until it runs out does so for both faces at once.
    private static readonly LeaseOptions Brief = new() { Duration = TimeSpan.FromSeconds(10) };

    private FabricCluster Cluster => shared.Fabric;

    [Theory, FromEachFace]
    public async Task A_full_pool_says_what_was_asked_what_is_free_and_what_to_do(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using (await fabric.LeaseAsync(SharedCluster.Tiny, 19 * 128))
        {
            var error = await Assert.ThrowsAsync<PoolExhaustedException>(async () => await fabric.LeaseAsync(SharedCluster.Tiny, 2 * 128));

            Assert.Equal((SharedCluster.Tiny, 256L, 128L, 128L), (error.Pool, error.BytesAsked, error.BytesFree, error.LargestNodeBytesFree));
            Assert.Contains("Free leases", error.Message, StringComparison.Ordinal);
            Assert.Null(await fabric.TryLeaseAsync(SharedCluster.Tiny, 256));
            await using (await fabric.LeaseAsync(SharedCluster.Tiny, 128))
            {
            }
        }

        await Cluster.AssertNothingLeasedAsync(SharedCluster.Tiny);
    }

    [Theory, FromEachFace]
    public async Task More_than_a_pool_may_ever_have_is_a_quota_error(Face face)
    {
        var error = await Assert.ThrowsAsync<PoolQuotaExceededException>(
            async () => await Cluster.As(face).LeaseAsync(SharedCluster.Tiny, 21 * 128));

        Assert.Equal((SharedCluster.Tiny, 21 * 128L, 20 * 128L), (error.Pool, error.BytesAsked, error.BytesMax));
    }

    [Fact]
    public async Task A_lease_that_ran_out_is_told_from_one_that_was_handed_on()
    {
        await Task.WhenAll(Enum.GetValues<Face>().Select(async face =>
        {
            IMemoryFabric fabric = Cluster.As(face);
            LeaseToken token = (await fabric.LeaseAsync(100, Brief)).Detach();
            await using MemoryLease view = await fabric.OpenAsync(token);
            await FabricCluster.UntilAsync(async () => (await Cluster.PoolsAsync("default")).All(pool => pool.LeaseCount == 0), "the lease runs out");

            var error = await Assert.ThrowsAsync<LeaseExpiredException>(async () => await view.ReadAsync(0, new byte[1]));
            Assert.Equal((token.Pool, token.Extents[0].Key.Id), (error.Pool, error.Lease));
            await Assert.ThrowsAsync<LeaseExpiredException>(async () => await view.WriteAsync(0, new byte[1]));
            await Assert.ThrowsAsync<LeaseExpiredException>(async () => await fabric.OpenAsync(token));
            await Assert.ThrowsAsync<LeaseExpiredException>(async () => await fabric.AdoptAsync(token));
            await Assert.ThrowsAsync<LeaseExpiredException>(async () => await view.RenewAsync());
        }));
    }

    [Theory, FromEachFace]
    public async Task A_former_holder_is_fenced(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        MemoryLease former = await fabric.LeaseAsync(100);
        LeaseToken old = former.Token;
        await using MemoryLease view = await fabric.OpenAsync(old);
        await former.WriteAsync(0, new byte[] { 1 });
        LeaseToken current = await former.TransferAsync();

        await Assert.ThrowsAsync<LeaseFencedException>(async () => await former.WriteAsync(0, new byte[1]));
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await view.WriteAsync(0, new byte[1]));
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await view.ReadAsync(0, new byte[1]));
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await view.AddAsync(0, 1));
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await fabric.OpenAsync(old));
        Assert.True(former.Lost.IsCancellationRequested);
        await former.DisposeAsync();
        await using MemoryLease holder = await fabric.AdoptAsync(current);
        byte[] read = new byte[1];
        await holder.ReadAsync(0, read);
        Assert.Equal(1, read[0]);
    }

    [Theory, FromEachFace]
    public async Task Freed_memory_is_fenced_and_the_next_holder_finds_zeros(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        MemoryLease lease = await fabric.LeaseAsync(SharedCluster.Tiny, 20 * 128);
        await lease.WriteAsync(0, Enumerable.Repeat((byte)7, 20 * 128).ToArray());
        LeaseToken token = lease.Token;
        await lease.DisposeAsync();

        await Assert.ThrowsAsync<LeaseFencedException>(async () => await fabric.OpenAsync(token));
        await using MemoryLease next = await fabric.LeaseAsync(SharedCluster.Tiny, 20 * 128);
        byte[] read = new byte[20 * 128];
        Assert.Equal(read.Length, await next.ReadAsync(0, read));
        Assert.All(read, value => Assert.Equal(0, value));
    }

    [Theory, FromEachFace]
    public async Task A_read_only_token_reads_and_does_nothing_else(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using MemoryLease lease = await fabric.LeaseAsync(100);
        await lease.WriteAsync(0, new byte[] { 9 });
        LeaseToken token = LeaseToken.Parse(lease.ToReadOnlyToken().ToString());
        await using MemoryLease view = await fabric.OpenAsync(token);
        byte[] read = new byte[1];

        await view.ReadAsync(0, read);

        Assert.Equal(9, read[0]);
        await Assert.ThrowsAsync<PoolAccessDeniedException>(async () => await view.WriteAsync(0, read));
        await Assert.ThrowsAsync<PoolAccessDeniedException>(async () => await view.AddAsync(0, 1));
        await Assert.ThrowsAsync<PoolAccessDeniedException>(async () => await view.CompareExchangeAsync(0, 1, 2));
        await Assert.ThrowsAsync<PoolAccessDeniedException>(async () => await view.RenewAsync());
        await Assert.ThrowsAsync<PoolAccessDeniedException>(async () => await view.TransferAsync());
        await Assert.ThrowsAsync<PoolAccessDeniedException>(async () => await fabric.AdoptAsync(token));
        Assert.Throws<InvalidOperationException>(() => view.Detach());
    }

    [Theory, FromEachFace]
    public async Task A_token_that_was_talked_up_or_made_up_is_refused_by_the_memorys_owner(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using MemoryLease lease = await fabric.LeaseAsync(100);
        LeaseToken readOnly = lease.ToReadOnlyToken();
        LeaseToken talkedUp = With(readOnly, extent => extent with { Key = extent.Key with { Rights = LeaseRights.Owner } });
        LeaseToken guessed = With(lease.Token, extent => extent with { Key = extent.Key with { Id = new LeaseId(extent.Key.Id.Value + 1) } });
        LeaseToken ahead = With(lease.Token, extent => extent with { Key = extent.Key with { Generation = extent.Key.Generation + 1 } });

        foreach (LeaseToken forged in new[] { talkedUp, guessed, ahead })
        {
            await Assert.ThrowsAsync<PoolAccessDeniedException>(async () => await fabric.OpenAsync(forged));
            await Assert.ThrowsAsync<PoolAccessDeniedException>(async () => await fabric.AdoptAsync(forged));
        }
    }

    [Theory, FromEachFace]
    public async Task A_token_of_a_node_that_never_was_is_told_from_lost_memory(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using MemoryLease lease = await fabric.LeaseAsync(100);
        LeaseToken elsewhere = With(
            lease.Token, extent => extent with { Home = extent.Home with { Incarnation = new NodeIncarnation(extent.Home.Incarnation.Value + 1) } });

        var error = await Assert.ThrowsAnyAsync<PoolException>(async () => await fabric.OpenAsync(elsewhere));

        Assert.IsType<PoolAccessDeniedException>(error);
    }

    [Theory, FromEachFace]
    public async Task An_outcome_that_cannot_be_known_is_said_to_be_so(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using MemoryLease mine = await Cluster.InSilo(1).LeaseAsync("default", 100, Local);
        await using MemoryLease lease = await fabric.OpenAsync(mine.Token);
        await lease.WriteAsync(0, new byte[1]);
        LeaseExtent extent = lease.Token.Extents[0];
        var node = Cluster.Cluster.Client.GetGrain<INodePoolGrain>(extent.Home.Silo.ToParsableString());

        // The answer is lost, and before the retry so many sessions are opened that the writer's own is closed.
        using (shared.Answers.LoseFirst(nameof(INodePoolGrain.WriteAsync), async () =>
        {
            for (int i = 0; i < 300; i++) await node.OpenSessionAsync(extent.Home.Incarnation, extent.Segment);
        }))
        {
            var error = await Assert.ThrowsAsync<PoolIndeterminateException>(async () => await lease.AddAsync(0, 1));
            Assert.NotNull(error.Request);
        }

        Assert.Equal(2, await lease.AddAsync(0, 1));
    }

    [Fact]
    public async Task A_transfer_whose_answer_was_lost_is_indeterminate()
    {
        foreach (Face face in Enum.GetValues<Face>())
        {
            await using MemoryLease mine = await Cluster.InSilo(1).LeaseAsync(
                "default", 100, new LeaseOptions { Fallback = Local.Fallback, Duration = Brief.Duration });
            await using MemoryLease lease = await Cluster.As(face).OpenAsync(mine.Token);
            using (shared.Answers.LoseFirst(nameof(INodePoolGrain.TransferAsync)))
            {
                await Assert.ThrowsAsync<PoolIndeterminateException>(async () => await lease.TransferAsync());
            }
        }

        await FabricCluster.UntilAsync(async () => (await Cluster.PoolsAsync("default")).All(pool => pool.LeaseCount == 0), "the leases that nobody has run out");
    }

    [Theory, FromEachFace]
    public async Task A_change_whose_answer_was_lost_happens_once(Face face)
    {
        await using MemoryLease mine = await Cluster.InSilo(1).LeaseAsync("default", 100, Local);
        await using MemoryLease lease = await Cluster.As(face).OpenAsync(mine.Token);
        await lease.AddAsync(0, 0);
        using (shared.Answers.LoseFirst(nameof(INodePoolGrain.WriteAsync)))
        {
            Assert.Equal(5, await lease.AddAsync(0, 5));
        }

        Assert.Equal(6, await lease.AddAsync(0, 1));
        using (shared.Answers.LoseFirst(nameof(INodePoolGrain.WriteAsync)))
        {
            Assert.Equal(6, await lease.CompareExchangeAsync(0, expected: 6, desired: 40));
        }

        Assert.Equal(40, await lease.AddAsync(0, 0));
    }

    [Theory, FromEachFace]
    public async Task A_lease_whose_caller_stopped_waiting_goes_back(Face face)
    {
        using var stop = new CancellationTokenSource();
        var release = new TaskCompletionSource();
        var options = new LeaseOptions { Duration = LeaseOptions.DurationMax };
        using (shared.Answers.Lose(async method =>
        {
            if (method != nameof(INodePoolGrain.LeaseAsync)) return false;
            await stop.CancelAsync();
            await release.Task;
            return false;
        }))
        {
            // A silo asks its own node without a call, so the only blocks left are the other's.
            await using MemoryLease own = await Cluster.InSilo(0).LeaseAsync(SharedCluster.Tiny, 10 * 128, Local);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await Cluster.As(face).LeaseAsync(SharedCluster.Tiny, 5 * 128, options, stop.Token));
            release.SetResult();
        }

        await FabricCluster.UntilAsync(
            async () => (await Cluster.PoolsAsync(SharedCluster.Tiny)).All(pool => pool.LeaseCount == 0), "what was granted goes back");
    }

    [Theory, FromEachFace]
    public async Task A_pool_or_region_that_nobody_made_is_named(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);

        var pool = await Assert.ThrowsAsync<ArgumentException>(async () => await fabric.LeaseAsync("nosuch", 1));
        Assert.Contains("'nosuch'", pool.Message, StringComparison.Ordinal);
        var region = await Assert.ThrowsAsync<RegionNotFoundException>(async () => await fabric.OpenRegionAsync("nosuch"));
        Assert.Contains("'nosuch'", region.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await fabric.OpenRegionAsync("nopool", 100, new RegionOptions { Pool = "nosuch" }));
        await Assert.ThrowsAsync<RegionNotFoundException>(async () => await fabric.OpenRegionAsync("nopool"));
    }

    private static LeaseToken With(LeaseToken token, Func<LeaseExtent, LeaseExtent> change) =>
        new(token.Pool, token.Length, token.BlockBytes, [.. token.Extents.Select(change)]);
}
