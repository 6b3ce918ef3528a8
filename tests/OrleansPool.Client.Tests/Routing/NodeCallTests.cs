using Orleans.Runtime.Messaging;
using OrleansPool.Client.Routing;
using OrleansPool.Client.Tests.Fakes;
using OrleansPool.Grains;

namespace OrleansPool.Client.Tests.Routing;

/// <summary>A call goes on until it is answered, its node is known to be gone, or its patience is used up.</summary>
public sealed class NodeCallTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly NodeId Home = Nodes.Node(0);
    private readonly WatchedTime _time = new();
    private readonly FakeTopology _topology = new();

    [Fact]
    public async Task An_answer_is_handed_on_at_once()
    {
        Assert.Equal(5, await Call().RunAsync(Home, _ => Task.FromResult(5), CancellationToken.None));
        Assert.Equal(0, _topology.InvalidateCount);
    }

    [Fact]
    public async Task A_call_without_an_answer_is_repeated_with_growing_pauses_until_it_has_one()
    {
        List<int> attempts = [];
        Task<int> call = Run(tries =>
        {
            attempts.Add(tries);
            return tries < 8 ? throw new TimeoutException() : Task.FromResult(5);
        });
        List<double> pauses = [];
        for (int i = 0; i < 8; i++) pauses.Add(await PassAsync());

        Assert.Equal(5, await call.Soon());
        Assert.Equal([20, 40, 80, 160, 320, 640, 1000, 1000], pauses);
        Assert.Equal(Enumerable.Range(0, 9), attempts);
        Assert.Equal(8, _topology.InvalidateCount);
    }

    [Fact]
    public async Task A_silent_node_is_unavailable_once_the_patience_is_used_up()
    {
        _topology.Status = _ => NodeStatus.Silent;
        DateTimeOffset started = _time.GetUtcNow();
        Task<int> call = Run(_ => throw new TimeoutException("the cause"));
        while (!call.IsCompleted && _time.GetUtcNow() - started < Patience) await PassAsync();

        var error = await Assert.ThrowsAsync<PoolUnavailableException>(() => call.Soon());
        Assert.Equal("the cause", error.InnerException!.Message);
        Assert.Equal(PoolErrors.RetryAfter, error.RetryAfter);
        Assert.Contains(Home.ToString(), error.Message, StringComparison.Ordinal);
        Assert.InRange(_time.GetUtcNow() - started, Patience, Patience + TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task A_change_that_may_have_been_carried_out_is_indeterminate_and_one_that_was_never_sent_is_not(bool isSent, bool isIndeterminate)
    {
        var call = new NodeCall(_topology, _time, TimeSpan.Zero);

        Task<int> change = call.RunAsync<int>(
            Home, _ => throw (isSent ? new TimeoutException() : new ConnectionFailedException("nobody listens")), CancellationToken.None,
            cause => new PoolIndeterminateException("who knows", innerException: cause)).AsTask();

        var error = await Assert.ThrowsAnyAsync<PoolException>(() => change.Soon());
        Assert.Equal(isIndeterminate, error is PoolIndeterminateException);
        Assert.Equal(!isIndeterminate, error is PoolUnavailableException);
    }

    [Fact]
    public async Task Without_patience_there_is_one_attempt()
    {
        int attempts = 0;
        var call = new NodeCall(_topology, _time, TimeSpan.Zero);
        await Assert.ThrowsAsync<PoolUnavailableException>(() => call.RunAsync<int>(Home, _ => Fail(), CancellationToken.None).AsTask().Soon());
        Assert.Equal(1, attempts);

        Task<int> Fail()
        {
            attempts++;
            throw new TimeoutException();
        }
    }

    [Fact]
    public async Task A_dead_nodes_memory_is_lost()
    {
        _topology.Status = _ => NodeStatus.Dead;
        await Assert.ThrowsAsync<PoolDataLossException>(() => Run(_ => throw new SiloUnavailableException()).Soon());
    }

    [Fact]
    public async Task A_node_that_never_was_is_from_elsewhere()
    {
        _topology.Status = _ => NodeStatus.Unknown;
        await Assert.ThrowsAsync<PoolAccessDeniedException>(() => Run(_ => throw new TimeoutException()).Soon());
    }

    [Fact]
    public async Task A_directory_that_does_not_answer_either_decides_nothing()
    {
        _topology.Status = _ => throw new TimeoutException();
        Task<int> call = Run(tries => tries == 0 ? throw new TimeoutException() : Task.FromResult(5));
        await PassAsync();
        Assert.Equal(5, await call.Soon());
    }

    [Fact]
    public async Task Other_failures_go_through_at_once()
    {
        var error = new InvalidOperationException();
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => Run(_ => throw error).Soon()));
        await Assert.ThrowsAsync<LeaseFencedException>(() => Run(_ => Task.FromException<int>(new LeaseFencedException("said"))).Soon());
        Assert.Equal(0, _topology.InvalidateCount);
    }

    [Fact]
    public async Task Who_cancels_stops_waiting_for_an_answer_and_for_the_next_attempt()
    {
        using var cancelled = new CancellationTokenSource();
        var never = new TaskCompletionSource<int>();
        Task<int> waiting = Call().RunAsync(Home, _ => never.Task, cancelled.Token).AsTask();
        Task<int> pausing = Call().RunAsync<int>(Home, _ => throw new TimeoutException(), cancelled.Token).AsTask();

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pausing.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Call().RunAsync<int>(Home, _ => throw new NotSupportedException(), cancelled.Token).AsTask().Soon());
    }

    private NodeCall Call() => new(_topology, _time, Patience);

    private Task<int> Run(Func<int, Task<int>> attempt) => Call().RunAsync(Home, attempt, CancellationToken.None).AsTask();

    /// <summary>Lets the next pause pass.</summary>
    private async Task<double> PassAsync()
    {
        TimeSpan pause = await _time.NextTimerAsync();
        _time.Advance(pause);
        return pause.TotalMilliseconds;
    }
}
