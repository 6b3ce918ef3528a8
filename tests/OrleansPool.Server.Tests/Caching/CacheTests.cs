using Microsoft.Extensions.DependencyInjection;
using OrleansPool.Grains;

namespace OrleansPool.Server.Tests.Caching;

/// <summary>Blocks of one silo as another one reads them, through its block cache.</summary>
public sealed class CacheTests : IAsyncLifetime
{
    private const int BlockBytes = 4096;
    private static readonly LeaseOptions Local = new() { Fallback = LeaseFallback.LocalNodeOnly };

    private FabricCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await FabricCluster.StartAsync(2, pool =>
    {
        pool.Capacity("32MiB");
        pool.Options.CacheShare = 1.0 / 16;
    });

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private ICacheGrain Cache => _cluster.Services(0).GetRequiredService<IGrainFactory>().GetGrain<ICacheGrain>(0);

    [Fact]
    public async Task A_block_crosses_the_network_once_until_it_changes()
    {
        (MemoryLease owner, MemoryLease reader) = await LeaseAsync(10);
        await owner.WriteAsync(0, Pattern(1));
        for (int i = 0; i < 20; i++) Assert.Equal(Pattern(1), await ReadAsync(reader, 0));
        CacheReport report = await Cache.DescribeAsync();
        Assert.Equal((1L, 19L, (long)BlockBytes, 19L * BlockBytes), (report.Misses, report.Hits, report.BytesFilled, report.BytesServed));

        await owner.WriteAsync(0, Pattern(2));
        Assert.Equal(Pattern(2), await ReadAsync(reader, 0));
        Assert.Equal(2, (await Cache.DescribeAsync()).Misses);
        Assert.Equal(1, (await Cache.DescribeAsync()).Blocks);
        await EndAsync(owner, reader);
    }

    [Fact]
    public async Task A_token_that_lies_about_the_size_of_its_blocks_spoils_nothing_for_others()
    {
        (MemoryLease owner, MemoryLease reader) = await LeaseAsync(1);
        await owner.WriteAsync(0, Pattern(1));
        LeaseToken token = owner.Token;
        await using MemoryLease liar = await _cluster.InSilo(0).OpenAsync(new LeaseToken(token.Pool, 64, 64, token.Extents));
        await liar.ReadAsync(0, new byte[64]);

        Assert.Equal(Pattern(1), await ReadAsync(reader, 0));

        await EndAsync(owner, reader);
    }

    [Fact]
    public async Task A_read_is_never_stale()
    {
        (MemoryLease owner, MemoryLease reader) = await LeaseAsync(1);
        for (int i = 0; i < 2_000; i++)
        {
            await owner.WriteAsync(0, Pattern(i));
            Assert.Equal(Pattern(i), await ReadAsync(reader, 0));
        }

        await EndAsync(owner, reader);
    }

    [Fact]
    public async Task Readers_beside_a_writer_see_whole_blocks_that_never_go_back()
    {
        (MemoryLease owner, MemoryLease reader) = await LeaseAsync(1);
        int last = 0;
        using var done = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            int seen = 0;
            while (!done.IsCancellationRequested)
            {
                int floor = Math.Max(seen, Volatile.Read(ref last));
                byte[] bytes = await ReadAsync(reader, 0);
                seen = BitConverter.ToInt32(bytes);
                Assert.True(seen >= floor, $"{seen} was read after {floor}");
                Assert.Equal(Pattern(seen), bytes);
            }
        }))];

        for (int i = 1; i <= 3_000; i++)
        {
            await owner.WriteAsync(0, Pattern(i));
            Volatile.Write(ref last, i);
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        await EndAsync(owner, reader);
    }

    [Fact]
    public async Task Many_who_miss_one_block_at_once_bring_it_once()
    {
        (MemoryLease owner, MemoryLease reader) = await LeaseAsync(1);
        await owner.WriteAsync(0, Pattern(7));

        byte[][] read = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => ReadAsync(reader, 0))));

        Assert.All(read, bytes => Assert.Equal(Pattern(7), bytes));
        CacheReport report = await Cache.DescribeAsync();
        Assert.Equal((1L, 63L, (long)BlockBytes), (report.Misses, report.Hits, report.BytesFilled));
        await EndAsync(owner, reader);
    }

    [Fact]
    public async Task The_cache_keeps_to_its_cap_and_says_by_which_policy_it_drops()
    {
        (MemoryLease owner, MemoryLease reader) = await LeaseAsync(1_500);
        byte[] bytes = new byte[1_500 * BlockBytes];
        new Random(1).NextBytes(bytes);
        await owner.WriteAsync(0, bytes);
        byte[] read = new byte[bytes.Length];
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal(read.Length, await reader.ReadAsync(0, read));
            Assert.Equal(bytes, read);
        }

        CacheReport report = await Cache.DescribeAsync();
        Assert.Equal("S3-FIFO", report.Policy);
        Assert.InRange(report.Bytes, 1, report.CapacityBytes);
        Assert.True(report.CapacityBytes <= 2 << 20);
        Assert.True(report.Evictions > 500);
        NodeReport node = (await _cluster.NodesAsync(Face.Client)).Single(node => node.Node == _cluster.Node(0));
        Assert.Equal((report.CapacityBytes, report.Bytes), (node.CacheCapacityBytes, node.CacheBytes));
        await EndAsync(owner, reader);
    }

    [Fact]
    public async Task Blocks_are_brought_ahead_and_dropped_on_request()
    {
        (MemoryLease owner, MemoryLease reader) = await LeaseAsync(8);
        await owner.WriteAsync(0, Pattern(3));
        LeaseExtent extent = reader.Token.Extents[0];
        var node = _cluster.Cluster.Client.GetGrain<INodePoolGrain>(extent.Home.Silo.ToParsableString());
        BlockRun run = (await node.OpenAsync([extent]))[0].Extent!.Runs[0];
        BlockRead[] blocks = [.. Enumerable.Range(run.First, 4).Select(block => new BlockRead(extent.Segment, extent.Key, block, 0, BlockBytes, 0))];

        Assert.Equal(4, await Cache.PrefetchAsync(extent.Home, BlockBytes, blocks));
        Assert.Equal(Pattern(3), await ReadAsync(reader, 0));
        Assert.Equal(1, (await Cache.DescribeAsync()).Hits);

        Assert.Equal(0, await Cache.EvictAsync(new SegmentId(extent.Segment.Value + 1)));
        Assert.Equal(4, await Cache.EvictAsync(extent.Segment));
        Assert.Equal(0, (await Cache.DescribeAsync()).Blocks);
        Assert.Equal(Pattern(3), await ReadAsync(reader, 0));
        Assert.Equal(1, await Cache.EvictAsync(default));
        await EndAsync(owner, reader);
    }

    [Fact]
    public async Task Cached_bytes_of_a_former_lease_are_served_to_nobody()
    {
        (MemoryLease owner, MemoryLease reader) = await LeaseAsync(1);
        await owner.WriteAsync(0, Pattern(5));
        Assert.Equal(Pattern(5), await ReadAsync(reader, 0));
        await owner.DisposeAsync();

        byte[] buffer = Pattern(9);
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await reader.ReadAsync(0, buffer));
        Assert.Equal(new byte[BlockBytes], buffer);
    }

    [Fact]
    public async Task One_call_that_is_too_large_is_refused_and_its_connection_lives()
    {
        (MemoryLease owner, MemoryLease reader) = await LeaseAsync(2_000);
        LeaseExtent extent = reader.Token.Extents[0];
        var node = _cluster.Cluster.Client.GetGrain<INodePoolGrain>(extent.Home.Silo.ToParsableString());
        BlockRead[] reads = [.. Enumerable.Range(0, 1_500).Select(block => new BlockRead(extent.Segment, extent.Key, block, 0, BlockBytes, 0))];
        var write = new BlockWrite(BlockWriteKind.Write, extent.Segment, extent.Key, RequestId.None, 0, 0, BlockBytes, 0, 0);

        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => node.ReadAsync(extent.Home.Incarnation, reads));
        Assert.Contains($"{INodePoolGrain.CallBytesMax}", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Cache.ReadAsync(extent.Home, BlockBytes, reads));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => node.WriteAsync(extent.Home.Incarnation, [write], new byte[INodePoolGrain.CallBytesMax + 1]));
        await Assert.ThrowsAsync<ArgumentException>(() => node.OpenAsync(new LeaseExtent[10_001]));

        Assert.Equal(BlockBytes, (await ReadAsync(reader, 0)).Length);
        await EndAsync(owner, reader);
    }

    /// <summary>Memory of the second silo, as its holder there has it and as the first silo sees it.</summary>
    private async Task<(MemoryLease Owner, MemoryLease Reader)> LeaseAsync(int blocks)
    {
        MemoryLease owner = await _cluster.InSilo(1).LeaseAsync("default", (long)blocks * BlockBytes, Local);
        return (owner, await _cluster.InSilo(0).OpenAsync(owner.Token));
    }

    private async Task EndAsync(MemoryLease owner, MemoryLease reader)
    {
        await reader.DisposeAsync();
        await owner.DisposeAsync();
        await _cluster.AssertNothingLeasedAsync("default");
    }

    private static async Task<byte[]> ReadAsync(MemoryLease lease, int block)
    {
        byte[] bytes = new byte[BlockBytes];
        Assert.Equal(BlockBytes, await lease.ReadAsync((long)block * BlockBytes, bytes));
        return bytes;
    }

    /// <summary>A block that begins with a number and repeats it.</summary>
    private static byte[] Pattern(int number)
    {
        byte[] bytes = new byte[BlockBytes];
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(bytes.AsSpan()).Fill(number);
        return bytes;
    }
}
