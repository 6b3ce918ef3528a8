using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Client;

/// <summary>What one operation allocates, on both ends together, once both are warm: nothing.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int OperationCount = 100_000;
    private const int BlockBytes = 1024;

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(64, false)]
    [InlineData(64, true)]
    public async Task A_read_or_a_write_allocates_less_than_a_byte_on_average(int inFlight, bool isWrite)
    {
        await using var plane = new Plane(NetworkKind.Sockets);
        DataConnection connection = await plane.ConnectAsync();
        double each = await MeasureWarmAsync(connection, inFlight, isWrite, CancellationToken.None);
        output.WriteLine($"{inFlight} in flight, {(isWrite ? "writes" : "reads")}: {each:0.000} bytes an operation");
        Assert.InRange(each, 0, 1);
    }

    [Fact]
    public async Task A_token_that_can_be_cancelled_costs_nothing_once_it_is_warm()
    {
        await using var plane = new Plane(NetworkKind.Sockets);
        DataConnection connection = await plane.ConnectAsync();
        using var cancellation = new CancellationTokenSource();
        double each = await MeasureWarmAsync(connection, inFlight: 16, isWrite: false, cancellation.Token);
        output.WriteLine($"{each:0.000} bytes an operation");
        Assert.InRange(each, 0, 1);
    }

    [Theory]
    [InlineData(NetworkKind.Twin)]
    [InlineData(NetworkKind.Sockets)]
    public async Task More_callers_than_places_wait_without_work_and_then_go_on(NetworkKind kind)
    {
        await using var plane = new Plane(kind, new TransportOptions { OutstandingMax = 4 });
        DataConnection connection = await plane.ConnectAsync();
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        plane.Node.OnRead = read => read.KnownVersion < 40 ? hold.Task : null;
        DataConnection other = await plane.ConnectAsync(Lane.Bulk);
        Task<BlockReadReply>[] reads = [.. Enumerable.Range(0, 40).Select(i => connection.ReadAsync(Ask.Tagged((ulong)i, 8), new byte[8], CancellationToken.None).AsTask())];
        Assert.Equal(4, connection.OutstandingCount);

        // Whoever waits for a place sleeps: trying again and again would allocate, while others are served.
        long before = GC.GetTotalAllocatedBytes(precise: true);
        byte[] destination = new byte[8];
        for (int i = 0; i < 1000; i++) await other.ReadAsync(Ask.Tagged(40, 8), destination, CancellationToken.None);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 4 << 20);
        hold.SetResult();
        await Task.WhenAll(reads).WaitAsync(Eventually.Patience);
    }

    /// <summary>One more buffer in a pool is as much as the whole budget, so that it may take some rounds until all are there.</summary>
    private static async Task<double> MeasureWarmAsync(DataConnection connection, int inFlight, bool isWrite, CancellationToken cancellationToken)
    {
        double least = double.MaxValue;
        for (int round = 0; round < 4 && least >= 1; round++) least = Math.Min(least, await MeasureAsync(connection, inFlight, isWrite, cancellationToken));
        return least;
    }

    private static async Task<double> MeasureAsync(DataConnection connection, int inFlight, bool isWrite, CancellationToken cancellationToken)
    {
        using var gate = new Gate(inFlight);
        Task[] loops = [.. Enumerable.Range(0, inFlight).Select(lane => Task.Run(() => isWrite ? WriteAsync(connection, gate, lane, cancellationToken) : ReadAsync(connection, gate, lane, cancellationToken)))];
        gate.WaitForWarm();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        gate.Start();
        gate.WaitForEnd();
        long after = GC.GetTotalAllocatedBytes(precise: true);
        gate.Release();
        await Task.WhenAll(loops).WaitAsync(Eventually.Patience, CancellationToken.None);
        return (after - before) / (double)OperationCount;
    }

    private static async Task ReadAsync(DataConnection connection, Gate gate, int lane, CancellationToken cancellationToken)
    {
        byte[] destination = new byte[BlockBytes];
        BlockRead request = Ask.Read(lane, 0, BlockBytes);
        for (int i = 0; i < OperationCount / 10 / gate.Parties; i++) await connection.ReadAsync(request, destination, cancellationToken).ConfigureAwait(false);
        await gate.WarmAsync().ConfigureAwait(false);
        for (int i = 0; i < OperationCount / gate.Parties; i++) await connection.ReadAsync(request, destination, cancellationToken).ConfigureAwait(false);
        await gate.EndAsync().ConfigureAwait(false);
    }

    private static async Task WriteAsync(DataConnection connection, Gate gate, int lane, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[BlockBytes];
        for (int i = 0; i < OperationCount / 10 / gate.Parties; i++) await connection.WriteAsync(Ask.Write(lane, 0, BlockBytes), bytes, cancellationToken).ConfigureAwait(false);
        await gate.WarmAsync().ConfigureAwait(false);
        for (int i = 0; i < OperationCount / gate.Parties; i++) await connection.WriteAsync(Ask.Write(lane, 0, BlockBytes), bytes, cancellationToken).ConfigureAwait(false);
        await gate.EndAsync().ConfigureAwait(false);
    }

    /// <summary>Keeps what loops allocate at their beginning and end out of what is measured between.</summary>
    private sealed class Gate(int parties) : IDisposable
    {
        private readonly CountdownEvent _warm = new(parties);
        private readonly CountdownEvent _done = new(parties);
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Parties => parties;

        public Task WarmAsync()
        {
            _warm.Signal();
            return _started.Task;
        }

        public Task EndAsync()
        {
            _done.Signal();
            return _released.Task;
        }

        public void WaitForWarm() => Assert.True(_warm.Wait(Eventually.Patience), "The loops did not get warm.");

        public void WaitForEnd() => Assert.True(_done.Wait(Eventually.Patience), "The loops did not come to their end.");

        public void Start() => _started.SetResult();

        public void Release() => _released.SetResult();

        public void Dispose()
        {
            _warm.Dispose();
            _done.Dispose();
        }
    }
}
