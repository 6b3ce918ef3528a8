using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Nodes;

namespace OrleansPool.Server.Tests.Nodes;

/// <summary>The pools of one node without a silo around them, with a clock that the test turns.</summary>
internal sealed class NodePoolsFixture : IDisposable, ILogger
{
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(1);

    private readonly Arena _memory;
    private readonly string? _folder;
    private readonly SegmentFactory _factory;

    public NodePoolsFixture(Action<PoolOptionsBuilder> configure, long capacityBytes = 8 << 20, long spillBytes = 0)
    {
        Time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.Zero };
        _memory = Arena.Map(new ArenaOptions { CapacityBytes = capacityBytes, PrefaultThreads = 1 });
        Arena? spill = null;
        if (spillBytes > 0)
        {
            _folder = Directory.CreateTempSubdirectory("spill").FullName;
            spill = Arena.MapFile(Path.Combine(_folder, "spill"), spillBytes);
        }

        var clock = new HostClock(Time);
        _factory = new SegmentFactory(_memory, spill, clock, new NodeIncarnation(UInt128.MaxValue / 3), counters: null, faulted: (_, fault) => throw fault);
        Pools = new NodePools(Options(configure), _factory, clock, this);
    }

    public FakeTimeProvider Time { get; }

    public NodePools Pools { get; }

    public List<string> Log { get; } = [];

    public PoolReport Report => Pools.Describe()[0];

    public static PoolOptions[] Options(Action<PoolOptionsBuilder> configure)
    {
        var builder = new OrleansPoolBuilder(new OrleansPoolOptions());
        builder.Pool(PoolNames.Default, configure);
        return [.. builder.Options.Pools];
    }

    public Task<LeaseOutcome> AskAsync(
        long bytes, TimeSpan wait = default, string owner = "", LeaseSpill spill = LeaseSpill.Never, Guid ticket = default, TimeSpan? duration = null) =>
        OutcomeAsync(new LeaseRequest(PoolNames.Default, bytes, duration ?? Duration, owner) { WaitUpTo = wait, Spill = spill, Ticket = ticket });

    public async Task<LeaseOutcome> TakeAsync(long bytes, string owner = "", LeaseSpill spill = LeaseSpill.Never)
    {
        LeaseOutcome outcome = await AskAsync(bytes, owner: owner, spill: spill);
        Assert.Equal(OperationStatus.Ok, outcome.Status);
        return outcome;
    }

    public static async Task FreeAsync(LeaseOutcome outcome)
    {
        foreach ((NodeSegment segment, LeaseView lease) in outcome.Leases)
        {
            Assert.Equal(OperationStatus.Ok, (await segment.ExecuteAsync(Operation.OnLease(OperationKind.Free, lease.Key))).Status);
        }
    }

    /// <summary>Waits for what other threads are about to do.</summary>
    public static Task UntilAsync(Func<bool> isTrue, string what) => FabricCluster.UntilAsync(() => new(isTrue()), what);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Log) Log.Add($"{logLevel}: {formatter(state, exception)}");
    }

    public void Dispose()
    {
        Assert.Equal(0, Report.WaiterCount);
        Pools.Dispose();
        foreach (NodeSegment segment in _factory.Segments) Assert.True(segment.Executor.TryCheckIntegrity());
        foreach (NodeSegment segment in _factory.Segments) segment.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    private async Task<LeaseOutcome> OutcomeAsync(LeaseRequest request)
    {
        (LeaseReply reply, LeaseOutcome outcome) = await Pools.LeaseAsync(request);
        Assert.Equal(reply.Status, outcome.Status);
        return outcome;
    }
}
