using OrleansPool.Grains;

namespace OrleansPool.Server.Tests.Leases;

[Collection(SharedCluster.Name)]
public sealed class LeaseTests(SharedCluster shared)
{
    // Long enough that a busy machine renews it, or uses it, in time: what waits until it runs out does so for both faces at once.
    private static readonly LeaseOptions Brief = new() { Duration = TimeSpan.FromSeconds(10) };

    private FabricCluster Cluster => shared.Fabric;

    [Fact]
    public async Task An_open_handle_keeps_its_lease_alive_past_its_duration()
    {
        await using (MemoryLease fromSilo = await Cluster.InSilo(0).LeaseAsync(100, Brief))
        await using (MemoryLease fromElsewhere = await Cluster.InSilo(1).LeaseAsync(100, Brief))
        await using (MemoryLease fromClient = await Cluster.Client.LeaseAsync(100, Brief))
        {
            MemoryLease[] held = [fromSilo, fromElsewhere, fromClient];
            foreach (MemoryLease lease in held) await lease.WriteAsync(0, new byte[] { 5 });

            // One that was taken later and abandoned runs out: so much time has passed for those that are held.
            LeaseToken abandoned = (await Cluster.Client.LeaseAsync(100, Brief)).Detach();
            await FabricCluster.UntilAsync(() => RanOutAsync(abandoned), "an abandoned lease runs out");

            foreach (MemoryLease lease in held)
            {
                byte[] read = new byte[1];
                await lease.ReadAsync(0, read);
                Assert.Equal(5, read[0]);
                Assert.False(lease.Lost.IsCancellationRequested);
            }
        }

        await FabricCluster.UntilAsync(async () => (await Cluster.PoolsAsync("default")).All(pool => pool.LeaseCount == 0), "what was abandoned is free");
    }

    [Fact]
    public async Task Reads_never_renew()
    {
        await Task.WhenAll(Enum.GetValues<Face>().Select(async face =>
        {
            LeaseToken token = (await Cluster.As(face).LeaseAsync(100, Brief)).Detach();
            await using MemoryLease view = await Cluster.As(face).OpenAsync(token);
            byte[] read = new byte[1];

            await FabricCluster.UntilAsync(
                async () =>
                {
                    try
                    {
                        await view.ReadAsync(0, read);
                        return false;
                    }
                    catch (LeaseExpiredException)
                    {
                        return true;
                    }
                },
                "a lease that is only read runs out");
        }));
    }

    [Theory, FromEachFace]
    public async Task A_detached_lease_is_adopted_elsewhere_and_freed_there(Face face)
    {
        MemoryLease first = await Cluster.As(face).LeaseAsync(10_000);
        await first.WriteAsync(9_000, "hello"u8.ToArray());
        LeaseToken token = first.Detach();
        await first.DisposeAsync();
        Assert.False(first.IsOwned);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await first.ReadAsync(0, new byte[1]));

        await using (MemoryLease second = await Cluster.InSilo(1).AdoptAsync(token))
        {
            Assert.True(second.IsOwned);
            byte[] read = new byte[5];
            await second.ReadAsync(9_000, read);
            Assert.Equal("hello"u8.ToArray(), read);
        }

        await Cluster.AssertNothingLeasedAsync("default");
    }

    [Theory, FromEachFace]
    public async Task A_detached_handle_is_of_no_more_use(Face face)
    {
        MemoryLease lease = await Cluster.As(face).LeaseAsync(100);
        LeaseToken token = lease.Detach();

        await Assert.ThrowsAsync<LeaseFencedException>(async () => await lease.WriteAsync(0, new byte[1]));
        Assert.Throws<LeaseFencedException>(() => lease.Detach());
        await using MemoryLease adopted = await Cluster.As(face).AdoptAsync(token);
    }

    [Theory, FromEachFace]
    public async Task The_loser_of_a_lease_is_told(Face face)
    {
        await using MemoryLease lease = await Cluster.As(face).LeaseAsync(100, Brief);
        var told = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = lease.Lost.Register(told.SetResult);

        await using MemoryLease thief = await Cluster.InSilo(1).AdoptAsync(lease.Token);
        await using MemoryLease winner = await Cluster.InSilo(1).AdoptAsync(await thief.TransferAsync());

        await told.Task.WaitAsync(FabricCluster.WaitMax, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await lease.ReadAsync(0, new byte[1]));
        Assert.False(lease.TryRead(0, new byte[1]));
        await winner.WriteAsync(0, new byte[] { 1 });
    }

    [Theory, FromEachFace]
    public async Task A_thousand_blocks_come_in_one_call(Face face)
    {
        shared.Calls.Reset();
        await using MemoryLease lease = await Cluster.As(face).LeaseAsync(1000 * 4096);

        // A silo's own node is asked without a call.
        int calls = face == Face.Client || lease.Nodes[0] != Cluster.Node(0) ? 1 : 0;
        Assert.Equal(calls, shared.Calls.OfNodes(nameof(INodePoolGrain.LeaseAsync)));
        Assert.Equal(1000, lease.Token.Extents.Sum(extent => extent.BlockCount));
        await AssertHoldsBytesAsync(lease, seed: 1);
    }

    [Theory, FromEachFace]
    public async Task A_range_over_several_segments_and_nodes_is_one_range(Face face)
    {
        // 64 MiB a node hold fewer than 60 MiB of blocks, so 70 MiB need both.
        await using MemoryLease lease = await Cluster.As(face).LeaseAsync(SharedCluster.Wide, 70L << 20);
        Assert.Equal(2, lease.Nodes.Count);
        Assert.True(lease.Token.Extents.Select(extent => extent.Segment).Distinct().Count() > 4);
        await AssertHoldsBytesAsync(lease, seed: 2);

        await using MemoryLease elsewhere = await Cluster.InSilo(1).OpenAsync(LeaseToken.Parse(lease.Token.ToString()));
        await AssertReadsAsync(elsewhere, seed: 2);
    }

    [Theory, FromEachFace]
    public async Task What_does_not_fit_leaves_nothing_taken(Face face)
    {
        await using (await Cluster.As(face).LeaseAsync(SharedCluster.Wide, 80L << 20))
        {
            await Assert.ThrowsAsync<PoolExhaustedException>(async () => await Cluster.As(face).LeaseAsync(SharedCluster.Wide, 60L << 20));
            Assert.Equal(80L << 20, (await Cluster.PoolsAsync(SharedCluster.Wide)).Sum(pool => pool.LeasedBytes));
        }

        await Cluster.AssertNothingLeasedAsync(SharedCluster.Wide);
    }

    [Theory, FromEachFace]
    public async Task Memory_that_another_pool_gave_back_serves_this_one(Face face)
    {
        foreach (string pool in new[] { SharedCluster.Wide, PoolNames.Default, SharedCluster.Wide })
        {
            await using MemoryLease lease = await Cluster.As(face).LeaseAsync(pool, 90L << 20);
            await lease.WriteAsync((90L << 20) - 1, new byte[] { 1 });
        }
    }

    [Fact]
    public async Task A_lease_may_be_as_large_as_what_is_free_however_many_segments_it_takes()
    {
        // More segments than a pool makes in the rounds that it spends on losing races for memory.
        await using FabricCluster cluster = await FabricCluster.StartAsync(1, pool => pool.Capacity("1300MiB"));
        long bytes = 1150L << 20;

        await using MemoryLease lease = await cluster.InSilo(0).LeaseAsync(bytes);

        Assert.Equal(bytes, lease.Length);
        Assert.True(lease.Token.Extents.Length > 64);
    }

    [Theory, FromEachFace]
    public async Task Many_writers_of_one_block_are_all_served(Face face)
    {
        await using MemoryLease mine = await Cluster.InSilo(1).LeaseAsync("default", 64, new LeaseOptions { Fallback = LeaseFallback.LocalNodeOnly });
        await using MemoryLease lease = await Cluster.As(face).OpenAsync(mine.Token);

        await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => Task.Run(async () =>
        {
            await lease.AddAsync(0, 1);
            await mine.AddAsync(8, 1);
        })));

        Assert.Equal(2000, await lease.AddAsync(0, 0));
        Assert.Equal(2000, await lease.AddAsync(8, 0));
    }

    [Theory, FromEachFace]
    public async Task A_lock_free_counter_built_on_compare_exchange_counts_exactly(Face face)
    {
        await using MemoryLease mine = await Cluster.InSilo(1).LeaseAsync("default", 64, new LeaseOptions { Fallback = LeaseFallback.LocalNodeOnly });
        await using MemoryLease lease = await Cluster.As(face).OpenAsync(mine.Token);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            MemoryLease through = worker % 2 == 0 ? lease : mine;
            for (int i = 0; i < 50; i++)
            {
                long seen = 0;
                while (await through.CompareExchangeAsync(0, seen, seen + 1) is var found && found != seen) seen = found;
            }
        })));

        Assert.Equal(400, await lease.AddAsync(0, 0));
    }

    private async ValueTask<bool> RanOutAsync(LeaseToken token)
    {
        try
        {
            await using MemoryLease view = await Cluster.InSilo(0).OpenAsync(token);
            return false;
        }
        catch (LeaseExpiredException)
        {
            return true;
        }
    }

    /// <summary>Writes the whole range in odd pieces, and reads it back in others.</summary>
    private static async Task AssertHoldsBytesAsync(MemoryRange range, int seed)
    {
        byte[] bytes = BytesOf(range, seed);
        for (int at = 0, piece = 3_000_001; at < bytes.Length; at += piece)
        {
            await range.WriteAsync(at, bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)));
        }

        await AssertReadsAsync(range, seed);
    }

    private static async Task AssertReadsAsync(MemoryRange range, int seed)
    {
        byte[] bytes = BytesOf(range, seed);
        byte[] read = new byte[bytes.Length];
        for (int at = 0, piece = 7_777_777; at < bytes.Length; at += piece)
        {
            Assert.Equal(Math.Min(piece, bytes.Length - at), await range.ReadAsync(at, read.AsMemory(at, Math.Min(piece, bytes.Length - at))));
        }

        Assert.True(bytes.AsSpan().SequenceEqual(read));
    }

    private static byte[] BytesOf(MemoryRange range, int seed)
    {
        byte[] bytes = new byte[range.Length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
