using System.Collections.Concurrent;
using OrleansPool.Cluster.Tests.Processes;

namespace OrleansPool.Cluster.Tests.DataPorts;

/// <summary>
/// Clients' work on one silo's memory, without a pause: some add one to the same number, each of the others writes numbers all over bytes of
/// its own and reads them back. Whatever is read must have been written last, or have been of unknown outcome since.
/// </summary>
internal sealed class PortLoad : IAsyncDisposable
{
    /// <summary>How many operations are under way at a time.</summary>
    public const int WorkerCount = AdderCount + WriterCount;

    private const int AdderCount = 4;
    private const int WriterCount = 3;
    private const int Block = 4096;
    private const int BlockCount = 16;

    private readonly MemoryLease _sum;
    private readonly MemoryLease[] _ranges;
    private readonly long[] _doneOf = new long[WorkerCount];
    private readonly long[] _failedOf = new long[WorkerCount];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _work;
    private readonly ConcurrentQueue<PoolException> _failures = new();
    private long _additionCount;
    private long _unknownAdditionCount;

    private PortLoad(MemoryLease sum, MemoryLease[] ranges)
    {
        (_sum, _ranges) = (sum, ranges);
        _work = Task.WhenAll(Enumerable.Range(0, WorkerCount).Select(worker => Task.Run(() => worker < AdderCount ? AddAsync(worker) : WriteAsync(worker))));
    }

    /// <summary>Errors that operations ended with.</summary>
    public IReadOnlyCollection<PoolException> Failures => _failures;

    /// <summary>Begins.</summary>
    public static async Task<PortLoad> StartAsync(IMemoryFabric fabric)
    {
        // Longer than a silo is away in these tests, which cannot renew what it does not hear of.
        var options = new LeaseOptions { Duration = TimeSpan.FromMinutes(10) };
        MemoryLease sum = await fabric.LeaseAsync(Block, options);
        List<MemoryLease> ranges = [];
        for (int i = 0; i < WriterCount; i++) ranges.Add(await fabric.LeaseAsync(BlockCount * Block, options));
        return new PortLoad(sum, [.. ranges]);
    }

    /// <summary>Waits until each worker has ended some more operations with a result.</summary>
    public Task UntilDoneAsync(int count, string what) => UntilAsync(_doneOf, count, what);

    /// <summary>Waits until each worker has ended one more operation with an error.</summary>
    public Task UntilFailedAsync(string what) => UntilAsync(_failedOf, 1, what);

    /// <summary>Ends the work.</summary>
    /// <returns>The additions that ended with a result, those of unknown outcome, and the sum.</returns>
    public async Task<(long Done, long Unknown, long Sum)> EndAsync()
    {
        await _stopping.CancelAsync();
        await _work;
        return (_additionCount, _unknownAdditionCount, await _sum.AddAsync(0, 0));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await ((Task)_work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _sum.DisposeAsync();
        foreach (MemoryLease range in _ranges) await range.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task UntilAsync(long[] counts, int more, string what)
    {
        long[] before = [.. counts];
        await Eventually.TrueAsync(
            async () =>
            {
                if (_work.IsCompleted) await _work;
                return Enumerable.Range(0, WorkerCount).All(worker => Volatile.Read(ref counts[worker]) >= before[worker] + more);
            },
            what);
    }

    private async Task AddAsync(int worker)
    {
        while (!_stopping.IsCancellationRequested)
        {
            if (await EndsAsync(worker, async () => await _sum.AddAsync(0, 1)) is not { } failure) Interlocked.Increment(ref _additionCount);
            else if (failure is PoolIndeterminateException) Interlocked.Increment(ref _unknownAdditionCount);
        }
    }

    private async Task WriteAsync(int worker)
    {
        MemoryLease range = _ranges[worker - AdderCount];
        HashSet<byte>[] mayBe = [.. Enumerable.Range(0, BlockCount).Select(_ => new HashSet<byte> { 0 })];
        byte[] bytes = new byte[BlockCount * Block];
        byte number = 0;
        for (int i = 0; !_stopping.IsCancellationRequested; i++)
        {
            // Every eighth is of the whole range, which goes by another connection.
            (int first, int count) = i % 8 == 0 ? (0, BlockCount) : (i % BlockCount, 1);
            number = (byte)((number % byte.MaxValue) + 1);
            Memory<byte> part = bytes.AsMemory(first * Block, count * Block);
            part.Span.Fill(number);
            Exception? failure = await EndsAsync(worker, async () => await range.WriteAsync(first * Block, part));
            for (int block = first; block < first + count; block++)
            {
                // What is of unknown outcome may still take effect, even after what was written since.
                if (failure is null && mayBe[block].Count == 1) mayBe[block].Clear();
                mayBe[block].Add(number);
            }

            if (await EndsAsync(worker, async () => await range.ReadAsync(first * Block, part)) is not null) continue;
            for (int block = first; block < first + count; block++)
            {
                ReadOnlySpan<byte> read = bytes.AsSpan(block * Block, Block);
                Assert.Contains(read[0], mayBe[block]);
                Assert.Equal(-1, read.IndexOfAnyExcept(read[0]));
            }
        }
    }

    /// <summary>Carries out one operation.</summary>
    /// <returns>The error that it ended with, one of those that the fabric promises; null for none.</returns>
    private async Task<PoolException?> EndsAsync(int worker, Func<Task> operation)
    {
        try
        {
            await operation();
            Interlocked.Increment(ref _doneOf[worker]);
            return null;
        }
        catch (PoolException e) when (e is PoolIndeterminateException or PoolUnavailableException)
        {
            _failures.Enqueue(e);
            Interlocked.Increment(ref _failedOf[worker]);
            return e;
        }
    }
}
