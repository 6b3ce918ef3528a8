using OrleansPool.Client.Ranges;
using OrleansPool.Client.Routing;
using OrleansPool.Client.Tests.Fakes;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Client;

namespace OrleansPool.Client.Tests.Ranges;

/// <summary>A change that went straight to its node, and whose answer did not come.</summary>
public sealed class QuickWriteTests
{
    private readonly FakePath _path = new();
    private readonly RangeAccess _access;
    private readonly ExtentMap _map;
    private BlockWrite _sent;

    public QuickWriteTests()
    {
        _access = new RangeAccess(_path);
        _map = new ExtentMap([Nodes.Extent(Nodes.Node(0), 1, 1)], Nodes.BlockBytes, Nodes.BlockBytes, _path);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_asked_again_under_the_same_id(bool isUnsent)
    {
        QuickWrite write = await SendAsync(isUnsent, (writes, bytes) => Task.FromResult(_path.Write(writes, bytes)));
        await write.Task;
        Assert.NotEqual(RequestId.None, _sent.Request);
    }

    [Fact]
    public async Task Where_it_may_have_run_and_nobody_answers_any_more_its_outcome_is_unknown()
    {
        QuickWrite write = await SendAsync(isUnsent: false, (_, _) => throw PoolErrors.Unavailable(Nodes.Node(0)));
        PoolIndeterminateException unknown = await Assert.ThrowsAsync<PoolIndeterminateException>(async () => await write.Task);
        Assert.Equal(_sent.Request.ToString(), unknown.Request);
    }

    [Fact]
    public async Task Where_it_never_left_and_nobody_answers_nothing_has_happened()
    {
        QuickWrite write = await SendAsync(isUnsent: true, (_, _) => throw PoolErrors.Unavailable(Nodes.Node(0)));
        await Assert.ThrowsAsync<PoolUnavailableException>(async () => await write.Task);
    }

    [Fact]
    public async Task Where_it_may_have_run_and_its_session_is_unknown_its_outcome_is_unknown()
    {
        QuickWrite write = await SendAsync(isUnsent: false, (writes, _) => Task.FromResult(FakePath.All(writes, OperationStatus.Indeterminate)));
        await Assert.ThrowsAsync<PoolIndeterminateException>(async () => await write.Task);
    }

    /// <summary>Sends a change that gets no answer, and lets the test answer when it is asked again.</summary>
    private async Task<QuickWrite> SendAsync(bool isUnsent, Func<BlockWrite[], ReadOnlyMemory<byte>, Task<BlockWriteReply[]>> onRepeat)
    {
        await _access.WriteAsync("p", _map, 0, new byte[8], CancellationToken.None); // opens the session
        _path.OnTryWrite = write =>
        {
            _sent = write;
            return ValueTask.FromException<BlockWriteReply>(new ConnectionLostException("gone", RefusalReason.Unknown, isUnsent));
        };
        _path.OnWrite = (_, writes, bytes, _) =>
        {
            Assert.Equal(_sent, Assert.Single(writes));
            return onRepeat(writes, bytes);
        };
        QuickWrite? write = _access.TryChangeAtOnce(
            _map, BlockWriteKind.Write, 0, 8, new byte[8], 0, 0, 0, new NoFallback(), CancellationToken.None);
        return write!;
    }

    private sealed class NoFallback : IRangeFallback
    {
        public string Pool => "p";

        public ValueTask<int> ReadSlowlyAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask WriteSlowlyAsync(long offset, ReadOnlyMemory<byte> source, ulong fence, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<long> CombineSlowlyAsync(
            BlockWriteKind kind, long offset, long operand, long expected, ulong fence, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
