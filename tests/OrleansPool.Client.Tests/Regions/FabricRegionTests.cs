using OrleansPool.Client.Fabric;
using OrleansPool.Client.Regions;
using OrleansPool.Client.Tests.Fakes;
using OrleansPool.Grains;

namespace OrleansPool.Client.Tests.Regions;

/// <summary>A page table that others have changed is looked at again, and only then.</summary>
public sealed class FabricRegionTests
{
    private static readonly Guid Id = Guid.Parse("11111111-1111-1111-1111-111111111111");
    private readonly FakePath _path = new();
    private readonly FakeRegionGrain _grain = new();
    private readonly HashSet<SegmentId> _fenced = [];
    private readonly FabricRegion _region;

    public FabricRegionTests()
    {
        _grain.Table = Table(version: 1, segment: 1, blocks: 2);
        _region = new FabricRegion(new FabricContext(_path, new FakeTopology(), null!, TimeProvider.System), _grain, _grain.Table);
        _path.OnRead = (_, reads, _) => Task.FromResult(_fenced.Contains(reads[0].Segment)
            ? new ReadReply(Array.ConvertAll(reads, _ => new BlockReadReply(OperationStatus.Fenced, 0)), default)
            : _path.Read(reads));
        _path.OnWrite = (_, writes, bytes, _) => Task.FromResult(_fenced.Contains(writes[0].Segment)
            ? FakePath.All(writes, OperationStatus.Fenced)
            : _path.Write(writes, bytes));
    }

    [Fact]
    public async Task A_page_table_that_serves_is_not_looked_at_again()
    {
        await _region.WriteAsync(5, "hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await ReadAsync(5, 5));
        Assert.Equal(0, _grain.OpenCount);
    }

    [Fact]
    public async Task When_the_memory_is_fenced_the_new_page_table_is_fetched_and_the_operation_carried_out_on_it()
    {
        await _region.WriteAsync(0, "old"u8.ToArray());
        _fenced.Add(new SegmentId(1));
        _grain.Table = Table(version: 2, segment: 2, blocks: 3);

        await _region.WriteAsync(0, "new"u8.ToArray());

        Assert.Equal(1, _grain.OpenCount);
        Assert.Equal("new"u8.ToArray(), await ReadAsync(0, 3));
        Assert.Equal(3 * Nodes.BlockBytes, _region.Length);
    }

    [Fact]
    public async Task A_read_that_finds_the_region_shorter_ends_at_its_new_end()
    {
        _fenced.Add(new SegmentId(1));
        _grain.Table = Table(version: 2, segment: 2, blocks: 1);
        Assert.Equal(96, await _region.ReadAsync(4000, new byte[4096]));
    }

    [Fact]
    public async Task A_write_that_finds_the_region_too_short_is_refused()
    {
        _fenced.Add(new SegmentId(1));
        _grain.Table = Table(version: 2, segment: 2, blocks: 1);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _region.WriteAsync(4000, new byte[100]));
    }

    [Fact]
    public async Task Memory_that_is_fenced_under_the_newest_page_table_is_told()
    {
        _fenced.Add(new SegmentId(1));
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await _region.ReadAsync(0, new byte[1]));
        Assert.Equal(1, _grain.OpenCount);
    }

    [Fact]
    public async Task Memory_that_is_fenced_twice_is_told_and_not_tried_for_ever()
    {
        _fenced.Add(new SegmentId(1));
        _fenced.Add(new SegmentId(2));
        _grain.Table = Table(version: 2, segment: 2, blocks: 2);
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await _region.WriteAsync(0, new byte[1]));
        Assert.Equal(1, _grain.OpenCount);
    }

    [Fact]
    public async Task Another_region_of_the_same_name_is_not_taken_for_this_one()
    {
        _fenced.Add(new SegmentId(1));
        _grain.Table = Table(version: 9, segment: 2, blocks: 2) with { Id = Guid.NewGuid() };
        await Assert.ThrowsAsync<RegionNotFoundException>(async () => await _region.ReadAsync(0, new byte[1]));

        _grain.Table = null;
        await Assert.ThrowsAsync<RegionNotFoundException>(async () => await _region.WriteAsync(0, new byte[1]));
    }

    [Fact]
    public async Task An_older_page_table_does_not_replace_a_newer_one()
    {
        _grain.Table = Table(version: 3, segment: 2, blocks: 3);
        await _region.RefreshAsync();
        _grain.Table = Table(version: 2, segment: 1, blocks: 1);
        await _region.RefreshAsync();
        Assert.Equal(3 * Nodes.BlockBytes, _region.Length);
    }

    [Fact]
    public async Task A_closed_handle_does_nothing()
    {
        await _region.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _region.ReadAsync(0, new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _region.WriteAsync(0, new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _region.AddAsync(0, 1));
        Assert.False(_region.TryRead(0, new byte[1]));
    }

    [Fact]
    public async Task A_read_that_fails_clears_its_buffer_at_whichever_step_it_failed()
    {
        await AssertClearsAsync<ArgumentOutOfRangeException>(_region.Length + 1);
        await AssertClearsAsync<OperationCanceledException>(0, new CancellationToken(canceled: true));
        _fenced.Add(new SegmentId(1));
        await AssertClearsAsync<LeaseFencedException>(0);
        _grain.Table = null;
        await AssertClearsAsync<RegionNotFoundException>(0);
        await _region.DisposeAsync();
        await AssertClearsAsync<ObjectDisposedException>(0);
    }

    private async Task AssertClearsAsync<TError>(long offset, CancellationToken stop = default)
        where TError : Exception
    {
        byte[] read = [1, 2, 3];
        await Assert.ThrowsAnyAsync<TError>(async () => await _region.ReadAsync(offset, read, stop));
        Assert.Equal(new byte[3], read);
    }

    private static PageTable Table(long version, ulong segment, int blocks) => new(
        "orders", "default", version, (long)blocks * Nodes.BlockBytes, Nodes.BlockBytes,
        [Nodes.Extent(Nodes.Node(0), segment, blocks)], [], Id);

    private async Task<byte[]> ReadAsync(long offset, int count)
    {
        byte[] read = new byte[count];
        Assert.Equal(count, await _region.ReadAsync(offset, read));
        return read;
    }
}
