using OrleansPool.Client.Ranges;
using OrleansPool.Client.Tests.Fakes;
using OrleansPool.Grains;

namespace OrleansPool.Client.Tests.Ranges;

public sealed class RangeAccessTests
{
    private readonly FakePath _path = new();

    [Theory]
    [InlineData(64)]
    [InlineData(4096)]
    [InlineData(1 << 20)]
    public async Task What_is_written_is_read_back_in_calls_that_keep_their_bounds(int blockBytes)
    {
        var path = new FakePath(blockBytes);
        ExtentMap map = Map(blockBytes, 5 << 20);
        byte[] bytes = new byte[(5 << 20) - 100];
        new Random(1).NextBytes(bytes);
        var calls = new Calls();
        path.OnWrite = (_, writes, sent, _) =>
        {
            calls.Add(writes.Length, sent.Length);
            Assert.Single(writes.Select(write => write.Segment).Distinct());
            return Task.FromResult(path.Write(writes, sent));
        };
        path.OnRead = (_, reads, _) =>
        {
            calls.Add(reads.Length, reads.Sum(read => read.Count));
            return Task.FromResult(path.Read(reads));
        };
        var access = new RangeAccess(path);

        await access.WriteAsync("p", map, 50, bytes, CancellationToken.None);
        calls.AssertWithin(RangeAccess.CallBlockCountMax, RangeAccess.CallBytesMax, bytes.Length);
        byte[] read = new byte[bytes.Length];
        await access.ReadAsync("p", map, 50, read, CancellationToken.None);
        calls.AssertWithin(RangeAccess.CallReadCountMax, RangeAccess.CallBytesMax, bytes.Length);

        Assert.Equal(bytes, read);
    }

    [Fact]
    public async Task A_session_that_its_segment_forgot_is_opened_anew_once()
    {
        List<ulong> sessions = [];
        _path.OnWrite = (_, writes, bytes, _) =>
        {
            sessions.Add(writes[0].Request.Session);
            return Task.FromResult(sessions.Count == 2 ? FakePath.All(writes, OperationStatus.Indeterminate) : _path.Write(writes, bytes));
        };
        var access = new RangeAccess(_path);
        ExtentMap map = Map(4096, 4096);

        await access.WriteAsync("p", map, 0, new byte[8], CancellationToken.None);
        await access.WriteAsync("p", map, 0, new byte[8], CancellationToken.None);
        await access.WriteAsync("p", map, 0, new byte[8], CancellationToken.None);

        Assert.Equal([1, 1, 2, 2], sessions);
    }

    [Fact]
    public async Task A_session_that_is_forgotten_again_and_again_is_told()
    {
        int calls = 0;
        _path.OnWrite = (_, writes, _, _) =>
        {
            calls++;
            return Task.FromResult(FakePath.All(writes, OperationStatus.Indeterminate));
        };

        await Assert.ThrowsAsync<PoolIndeterminateException>(
            async () => await new RangeAccess(_path).WriteAsync("p", Map(4096, 4096), 0, new byte[8], CancellationToken.None));

        Assert.InRange(calls, 2, 20);
    }

    [Fact]
    public async Task A_segment_without_sessions_is_gone()
    {
        _path.OnOpenSession = (_, _) => Task.FromResult(0UL);
        await Assert.ThrowsAsync<LeaseFencedException>(
            async () => await new RangeAccess(_path).WriteAsync("p", Map(4096, 4096), 0, new byte[8], CancellationToken.None));
    }

    [Fact]
    public async Task A_failed_read_clears_all_of_its_destination_and_leaves_it_alone_afterwards()
    {
        var late = new TaskCompletionSource();
        _path.OnRead = async (_, reads, _) =>
        {
            if (reads[0].Block < 512) await late.Task;
            else return new ReadReply(Array.ConvertAll(reads, _ => new BlockReadReply(OperationStatus.Fenced, 0)), default);
            return new ReadReply(_path.Read(reads).Blocks, Filled(reads.Sum(read => read.Count)));
        };
        byte[] destination = Filled(4 << 20);
        ValueTask read = new RangeAccess(_path).ReadAsync("p", Map(4096, 4 << 20), 0, destination, CancellationToken.None);
        Assert.False(read.IsCompleted, "A call may still write into the buffer.");

        late.SetResult();

        await Assert.ThrowsAsync<LeaseFencedException>(async () => await read.AsTask().Soon());
        Assert.Equal(-1, destination.AsSpan().IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public async Task A_failed_write_ends_when_nobody_reads_its_source_any_more()
    {
        var late = new TaskCompletionSource();
        _path.OnWrite = async (_, writes, bytes, _) =>
        {
            if (writes[0].Block >= RangeAccess.CallBlockCountMax) return FakePath.All(writes, OperationStatus.Fenced);
            await late.Task;
            return _path.Write(writes, bytes);
        };
        ValueTask write = new RangeAccess(_path).WriteAsync("p", Map(4096, 4 << 20), 0, new byte[4 << 20], CancellationToken.None);
        Assert.False(write.IsCompleted, "A call may still read the source.");

        late.SetResult();

        await Assert.ThrowsAsync<LeaseFencedException>(async () => await write.AsTask().Soon());
    }

    [Fact]
    public async Task Bytes_of_a_lost_extent_are_told_lost_and_the_others_are_read()
    {
        OpenExtent kept = Nodes.Extent(Nodes.Node(0), 1, 1);
        OpenExtent lost = Nodes.Extent(Nodes.Node(1), 2, 1) with { Runs = [] };
        var map = new ExtentMap([kept, lost], 4096, 8192, _path);
        var access = new RangeAccess(_path);

        await access.WriteAsync("p", map, 0, Filled(4096), CancellationToken.None);
        byte[] read = new byte[4096];
        await access.ReadAsync("p", map, 0, read, CancellationToken.None);
        Assert.Equal(Filled(4096), read);
        await Assert.ThrowsAsync<PoolDataLossException>(async () => await access.ReadAsync("p", map, 4000, read, CancellationToken.None));
        await Assert.ThrowsAsync<PoolDataLossException>(async () => await access.WriteAsync("p", map, 4096, read, CancellationToken.None));
        await Assert.ThrowsAsync<PoolDataLossException>(
            async () => await access.CombineAsync("p", map, BlockWriteKind.Add, 4096, 1, 0, CancellationToken.None));
    }

    private static byte[] Filled(int count)
    {
        byte[] bytes = new byte[count];
        bytes.AsSpan().Fill(0xee);
        return bytes;
    }

    /// <summary>One extent, and a second one from the middle on.</summary>
    private ExtentMap Map(int blockBytes, int bytes)
    {
        int blocks = bytes / blockBytes;
        OpenExtent first = Nodes.Extent(Nodes.Node(0), 1, Math.Max(1, blocks / 2));
        OpenExtent second = Nodes.Extent(Nodes.Node(1), 2, Math.Max(1, blocks - (blocks / 2)), first: blocks / 2);
        return new ExtentMap([first, second], blockBytes, bytes, _path);
    }

    private sealed class Calls
    {
        private readonly List<(int Blocks, int Bytes)> _made = [];

        public void Add(int blocks, int bytes)
        {
            lock (_made) _made.Add((blocks, bytes));
        }

        /// <summary>Asserts that the calls kept their bounds, that some were as large as may be, and forgets them.</summary>
        public void AssertWithin(int blocksMax, int bytesMax, int bytes)
        {
            Assert.All(_made, call => Assert.InRange(call.Blocks, 1, blocksMax));
            Assert.All(_made, call => Assert.InRange(call.Bytes, 1, bytesMax));
            Assert.Equal(bytes, _made.Sum(call => call.Bytes));
            Assert.Contains(_made, call => call.Blocks == blocksMax || call.Bytes == bytesMax);
            _made.Clear();
        }
    }
}
