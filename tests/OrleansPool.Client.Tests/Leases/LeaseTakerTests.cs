using OrleansPool.Client.Leases;
using OrleansPool.Client.Tests.Fakes;
using OrleansPool.Grains;

namespace OrleansPool.Client.Tests.Leases;

/// <summary>All of the memory or none of it, from where the caller allows, or an error with the numbers.</summary>
public sealed class LeaseTakerTests
{
    private const int Block = Nodes.BlockBytes;
    private readonly FakePath _path = new();
    private readonly FakeTopology _topology = new();
    private readonly Dictionary<NodeId, int> _free = [];
    private readonly List<(NodeId Node, long Bytes)> _asked = [];
    private ulong _segments;

    public LeaseTakerTests() => _path.OnLease = (node, request, _) =>
    {
        _asked.Add((node, request.Bytes));
        int blocks = (int)Math.Min(int.MaxValue, (request.Bytes + Block - 1) / Block);
        if (blocks > _free[node]) return Refused(OperationStatus.Exhausted, _free[node]);
        _free[node] -= blocks;
        return Task.FromResult(new LeaseReply(OperationStatus.Ok, Block, [Nodes.Extent(node, ++_segments, blocks)], 0, 0));
    };

    [Fact]
    public async Task The_local_node_is_asked_first_and_alone_when_it_has_the_memory()
    {
        Have(10, 10, 10);
        _topology.LocalNode = Nodes.Node(1);

        TakenLease taken = await TakeAsync(2 * Block);

        Assert.Equal(Block, taken.BlockBytes);
        Assert.Equal([(Nodes.Node(1), 2L * Block)], _asked);
    }

    [Fact]
    public async Task When_a_node_has_too_little_the_others_are_asked_the_emptiest_first()
    {
        Have(2, 3, 9);
        _topology.LocalNode = Nodes.Node(0);
        _topology.Loads = () => [Load(0, 900), Load(1, 3), Load(2, 9)];

        await TakeAsync(5 * Block);

        Assert.Equal([Nodes.Node(0), Nodes.Node(2)], _asked.Select(asked => asked.Node));
    }

    [Fact]
    public async Task Memory_that_no_node_has_alone_comes_in_parts_from_the_emptiest_on()
    {
        Have(2, 5, 3);

        TakenLease taken = await TakeAsync((9 * Block) - 1);

        Assert.Equal([5, 3, 1], taken.Extents.Select(extent => extent.Extent.BlockCount));
        Assert.Equal([Nodes.Node(1), Nodes.Node(2), Nodes.Node(0)], taken.Extents.Select(extent => extent.Extent.Home));
        Assert.Empty(_path.Released);
    }

    [Fact]
    public async Task Parts_go_back_when_the_rest_is_not_to_be_had()
    {
        Have(2, 5, 3);
        LoseMemoryAfter(3);

        var error = await Assert.ThrowsAsync<PoolExhaustedException>(() => TakeAsync(9 * Block));

        Assert.Equal((9L * Block, 10L * Block), (error.BytesAsked, error.BytesFree));
        Assert.Equal([Nodes.Node(1)], _path.Released.Select(released => released.Home));
    }

    [Fact]
    public async Task Parts_go_back_when_the_caller_stops_waiting()
    {
        Have(2, 5, 3);
        using var cancelled = new CancellationTokenSource();
        var late = new TaskCompletionSource();
        var take = _path.OnLease;
        _path.OnLease = async (node, request, token) =>
        {
            if (_asked.Count == 4)
            {
                await cancelled.CancelAsync();
                await late.Task;
            }

            return await take(node, request, token);
        };
        var given = new TaskCompletionSource();
        _path.OnRelease = (home, _) =>
        {
            if (home == Nodes.Node(2)) given.TrySetResult();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TakeAsync(9 * Block, stop: cancelled.Token));
        Assert.Equal([Nodes.Node(1)], _path.Released.Select(released => released.Home));

        // What a node grants to a caller who has left goes back too.
        late.SetResult();
        await given.Task.Soon();
    }

    [Fact]
    public async Task Only_the_local_node_is_asked_when_the_caller_says_so()
    {
        Have(2, 50);
        _topology.LocalNode = Nodes.Node(0);

        var error = await Assert.ThrowsAsync<PoolExhaustedException>(() => TakeAsync(3 * Block, LeaseFallback.LocalNodeOnly));

        Assert.Equal([Nodes.Node(0)], _asked.Select(asked => asked.Node));
        Assert.Equal((3L * Block, 2L * Block, 2L * Block), (error.BytesAsked, error.BytesFree, error.LargestNodeBytesFree));
        Assert.Contains("LeaseFallback.OtherNodes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_fabric_says_what_was_asked_what_is_free_and_where_most_of_it_is()
    {
        Have(2, 5, 3);

        var error = await Assert.ThrowsAsync<PoolExhaustedException>(() => TakeAsync(11 * Block));

        Assert.Equal((11L * Block, 10L * Block), (error.BytesAsked, error.BytesFree));
        Assert.Equal((Nodes.Node(1).ToString(), 5L * Block), (error.LargestNode, error.LargestNodeBytesFree));
        Assert.Equal("frames", error.Pool);
        Assert.All(["'frames'", "45056", "40960"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task More_than_the_pool_may_ever_have_is_told_as_such()
    {
        Have(2, 2);

        var error = await Assert.ThrowsAsync<PoolQuotaExceededException>(() => TakeAsync(201 * Block));

        Assert.Equal((201L * Block, 200L * Block), (error.BytesAsked, error.BytesMax));
    }

    [Fact]
    public async Task A_pool_that_no_node_has_is_a_wrong_argument()
    {
        Have(2, 2);
        _path.OnLease = (_, _, _) => Task.FromResult(new LeaseReply(OperationStatus.NoPool, 0, [], 0, 0));

        var error = await Assert.ThrowsAsync<ArgumentException>(() => TakeAsync(Block));

        Assert.Contains("'frames'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_that_do_not_answer_are_passed_over()
    {
        Have(0, 9);
        _topology.LocalNode = Nodes.Node(0);
        _topology.Loads = () => [Load(0, 900), Load(1, 9)];
        var take = _path.OnLease;
        _path.OnLease = (node, request, token) =>
            node == Nodes.Node(0) ? throw new PoolUnavailableException("silent", TimeSpan.Zero) : take(node, request, token);

        Assert.Equal(Nodes.Node(1), (await TakeAsync(Block)).Extents[0].Extent.Home);
    }

    [Fact]
    public async Task When_no_node_answers_the_fabric_is_unavailable()
    {
        Have(1, 1);
        var cause = new PoolDataLossException("dead");
        _path.OnLease = (_, _, _) => throw cause;
        Assert.Same(cause, (await Assert.ThrowsAsync<PoolUnavailableException>(() => TakeAsync(Block))).InnerException);

        _topology.Loads = () => [];
        await Assert.ThrowsAsync<PoolUnavailableException>(() => TakeAsync(Block));

        _topology.Loads = () => throw new SiloUnavailableException("no gateway");
        var error = await Assert.ThrowsAsync<PoolUnavailableException>(() => TakeAsync(Block));
        Assert.Equal("frames", error.Pool);
    }

    [Fact]
    public async Task More_parts_than_a_token_can_name_go_back()
    {
        Have(1);
        OpenExtent[] parts = [.. Enumerable.Range(0, LeaseToken.ExtentCountMax + 1).Select(i => Nodes.Extent(Nodes.Node(0), (ulong)i, 1))];
        _path.OnLease = (_, _, _) => Task.FromResult(new LeaseReply(OperationStatus.Ok, Block, parts, 0, 0));

        await Assert.ThrowsAsync<PoolQuotaExceededException>(() => TakeAsync((long)parts.Length * Block));

        Assert.Equal(parts.Length, _path.Released.Sum(released => released.Extents.Length));
    }

    private static Task<LeaseReply> Refused(OperationStatus status, int free) =>
        Task.FromResult(new LeaseReply(status, Block, [], (long)free * Block, 100 * Block));

    private static NodeLoad Load(int node, int blocks) => new(Nodes.Node(node), 1000 * Block, (long)blocks * Block, 0, 0);

    /// <summary>Nodes with so many free blocks, which they have told.</summary>
    private void Have(params int[] free)
    {
        for (int i = 0; i < free.Length; i++) _free[Nodes.Node(i)] = free[i];
        NodeLoad[] loads = [.. free.Select((blocks, i) => Load(i, blocks) with { CapacityBytes = Math.Max(1, blocks) * Block })];
        _topology.Loads = () => loads;
    }

    /// <summary>After the nodes' refusals and one part, somebody else takes what is left.</summary>
    private void LoseMemoryAfter(int refusals)
    {
        var take = _path.OnLease;
        _path.OnLease = async (node, request, token) =>
        {
            LeaseReply reply = await take(node, request, token);
            if (_asked.Count > refusals) foreach (NodeId each in _free.Keys) _free[each] = 0;
            return reply;
        };
    }

    private Task<TakenLease> TakeAsync(long bytes, LeaseFallback fallback = LeaseFallback.OtherNodes, CancellationToken stop = default) =>
        new LeaseTaker(_path, _topology, TimeProvider.System).TakeAsync(new LeaseRequest("frames", bytes, TimeSpan.FromSeconds(30), ""), fallback, stop).AsTask();
}
