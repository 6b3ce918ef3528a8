using System.Diagnostics;
using OrleansPool.Cli.Output;

namespace OrleansPool.Cli.Replay;

/// <summary>
/// Uses the fabric as the trace's service uses its memory: a block that the pool still has is read and checked, another is leased
/// and written. When the pool is full the oldest lease is freed.
/// </summary>
/// <remarks>
/// What hits, misses and leaves is decided in order of the trace, one reference after the other, so the counts do not depend on
/// timing, unless others use the pool too. The calls of one request overlap. Once the pool was full, each new block gives up the
/// oldest first.
/// </remarks>
internal sealed class Replayer(IMemoryFabric fabric, string pool, int blockBytes)
{
    private const int FreesAtOnceMax = 64;

    /// <summary>How often all nodes are asked for room that was made before it counts as taken by somebody else.</summary>
    private const int RoomAttemptsMax = 100;

    private static readonly LeaseOptions Options = new() { Duration = TimeSpan.FromHours(6), Owner = "replay" };

    /// <summary>Guards what is held: leases that find the pool full free the oldest from whichever thread they end on.</summary>
    private readonly Lock _held = new();
    private readonly Dictionary<long, Block> _blocks = [];
    private readonly Queue<long> _order = new();
    private readonly Latencies _read = new();
    private readonly Latencies _lease = new();
    private readonly Latencies _write = new();
    private readonly Latencies _free = new();
    private bool _isFull;
    private long _references;
    private long _hits;
    private long _exhaustions;
    private long _mismatches;
    private int _liveMax;

    public async Task<ReplayReport> RunAsync(List<long[]> requests, Action<long> done, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            List<Task> calls = [];
            foreach (long[] request in requests)
            {
                foreach (long id in request)
                {
                    _references++;
                    if (TryRead(id) is { } read) calls.Add(read);
                    else calls.Add(await AddAsync(id, cancellationToken));
                }

                await Task.WhenAll(calls).WaitAsync(cancellationToken);
                calls.Clear();
                done(request.Length);
            }

            return Report(requests.Count, watch.Elapsed);
        }
        finally
        {
            await FreeAllAsync();
        }
    }

    /// <summary>Begins to read a block, if it is held.</summary>
    private Task? TryRead(long id)
    {
        lock (_held)
        {
            if (!_blocks.TryGetValue(id, out Block? block)) return null;
            _hits++;
            return block.Ready = ReadAsync(id, block, block.Ready);
        }
    }

    /// <summary>Leases and writes a block. Until the pool is full the lease is awaited, for only it tells when that is.</summary>
    private async Task<Task> AddAsync(long id, CancellationToken cancellationToken)
    {
        Task room = Task.CompletedTask;
        if (_isFull && TakeOldest(isIdle: false) is { } oldest) room = FreeAsync(oldest);
        var block = new Block();
        if (!_isFull)
        {
            block.Lease = await LeaseAsync(cancellationToken);
            block.Ready = WriteAsync(id, block);
        }
        else
        {
            block.Ready = LeaseAndWriteAsync(id, block, room, cancellationToken);
        }

        lock (_held)
        {
            _blocks.Add(id, block);
            _order.Enqueue(id);
            _liveMax = Math.Max(_liveMax, _blocks.Count);
        }

        return block.Ready;
    }

    private async Task LeaseAndWriteAsync(long id, Block block, Task room, CancellationToken cancellationToken)
    {
        await room;
        block.Lease = await LeaseAsync(cancellationToken);
        await WriteAsync(id, block);
    }

    private async Task<MemoryLease> LeaseAsync(CancellationToken cancellationToken)
    {
        for (int attempts = 1; ; attempts++)
        {
            MemoryLease? lease = await _lease.MeasureAsync(() => fabric.TryLeaseAsync(pool, blockBytes, Options, cancellationToken));
            if (lease is not null) return lease;

            // Once the pool was full, room was made before. It may be on a node that was asked a moment too early.
            if (_isFull && attempts % RoomAttemptsMax != 0) continue;
            Interlocked.Increment(ref _exhaustions);

            // Then somebody else took it. Only a block that nobody works on may go, for the others may be waiting for this very lease.
            Block oldest = TakeOldest(isIdle: _isFull) ?? throw new PoolExhaustedException(
                $"Pool '{pool}' has no room for one block of {blockBytes} bytes, and the replay holds nothing that it could free.", pool, blockBytes, 0);
            _isFull = true;
            await FreeAsync(oldest);
        }
    }

    private async Task WriteAsync(long id, Block block)
    {
        byte[] bytes = new byte[blockBytes];
        BlockContent.Fill(id, bytes);
        await _write.MeasureAsync(async () =>
        {
            await block.Lease!.WriteAsync(0, bytes);
            return true;
        });
    }

    private async Task ReadAsync(long id, Block block, Task ready)
    {
        await ready;
        byte[] bytes = new byte[blockBytes];
        int count = await _read.MeasureAsync(() => block.Lease!.ReadAsync(0, bytes));
        if (count != blockBytes || !BlockContent.Matches(id, bytes)) Interlocked.Increment(ref _mismatches);
    }

    /// <summary>Takes the oldest block out of what is held; null if there is none, or if it has to be idle and is not.</summary>
    private Block? TakeOldest(bool isIdle)
    {
        lock (_held)
        {
            if (!_order.TryPeek(out long id) || (isIdle && !_blocks[id].Ready.IsCompleted)) return null;
            _order.Dequeue();
            _blocks.Remove(id, out Block? block);
            return block;
        }
    }

    private async Task FreeAsync(Block block)
    {
        await block.Ready;
        await _free.MeasureAsync(async () =>
        {
            await block.Lease!.DisposeAsync();
            return true;
        });
    }

    private async Task FreeAllAsync()
    {
        Block[] held;
        lock (_held)
        {
            held = [.. _blocks.Values];
            _blocks.Clear();
            _order.Clear();
        }

        await Parallel.ForEachAsync(held, new ParallelOptions { MaxDegreeOfParallelism = FreesAtOnceMax }, async (block, _) =>
        {
            try
            {
                await block.Ready;
            }
            catch (Exception)
            {
                // Its failure has been told where the block was used; here only its memory matters.
            }

            if (block.Lease is { } lease) await lease.DisposeAsync();
        });
    }

    private ReplayReport Report(int requests, TimeSpan elapsed) => new(
        requests, _references, _hits, _references - _hits, _write.Count, _exhaustions, _free.Count, _read.Count * blockBytes,
        _write.Count * blockBytes, _mismatches, elapsed.TotalSeconds, _liveMax,
        new Dictionary<string, LatencyReport>
        {
            ["read"] = _read.Report(),
            ["lease"] = _lease.Report(),
            ["write"] = _write.Report(),
            ["free"] = _free.Report(),
        });

    private sealed class Block
    {
        public MemoryLease? Lease { get; set; }

        /// <summary>Ends when everything that was begun with the block is done.</summary>
        public Task Ready { get; set; } = Task.CompletedTask;
    }
}
