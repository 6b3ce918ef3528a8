using System.Collections.Concurrent;
using System.Diagnostics;
using OrleansPool.Core.Execution;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Tests.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Core.Tests.Execution;

/// <summary>One owner at a time, no input lost, no reader sees what was never written.</summary>
public sealed class SegmentExecutorTests : IDisposable
{
    private const int ThreadCount = 4;

    private readonly SegmentFixture _fixture = new(4096, 64);
    private readonly Host _host = new();
    private readonly SegmentExecutor _executor;

    public SegmentExecutorTests() => _executor = new SegmentExecutor(_fixture.Segment, _host);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Additions_of_many_threads_add_up_and_every_one_is_answered()
    {
        LeaseView lease = Alloc(1);
        var sums = new ConcurrentBag<long>();
        const int each = 20_000;

        await RunAsync(_ =>
        {
            for (int i = 0; i < each; i++) sums.Add(Execute(Operation.Add(lease.Key, 0, 0, 1)).Value);
        });

        // Linearisable: the sums that the callers saw are 1, 2, 3, ... each once.
        Assert.Equal(Enumerable.Range(1, ThreadCount * each).Select(i => (long)i), sums.Order());
        Assert.True(_executor.TryCheckIntegrity());
    }

    [Fact]
    public async Task A_counter_built_on_compare_exchange_loses_nothing()
    {
        LeaseView lease = Alloc(1);
        const int each = 5_000;
        await RunAsync(_ =>
        {
            for (int i = 0; i < each; i++)
            {
                long seen = 0;
                while (true)
                {
                    OperationResult result = Execute(Operation.CompareExchange(lease.Key, 0, 8, seen, seen + 1));
                    if (result.Status == OperationStatus.Ok) break;
                    seen = result.Value;
                }
            }
        });

        Assert.Equal(ThreadCount * each, Execute(Operation.Add(lease.Key, 0, 8, 0)).Value);
    }

    [Fact]
    public async Task No_block_is_in_two_leases_however_many_threads_take_and_free()
    {
        int[] holders = new int[64];
        long exhausted = 0;
        await RunAsync(thread =>
        {
            var random = new Random(thread);
            var mine = new Queue<LeaseView>();
            for (int i = 0; i < 20_000; i++)
            {
                OperationResult taken = Execute(Operation.Alloc(1 + random.Next(6), SegmentFixture.Duration, ""));
                if (taken.Status == OperationStatus.Ok)
                {
                    foreach (int block in Blocks(taken.Lease)) Assert.Equal(0, Interlocked.Exchange(ref holders[block], thread + 1));
                    foreach (int block in Blocks(taken.Lease)) AssertZero(block, taken.Lease.Key.Generation);
                    byte[] dirt = [1, 2, 3];
                    foreach (int block in Blocks(taken.Lease))
                    {
                        Assert.Equal(OperationStatus.Ok, Execute(Operation.Write(taken.Lease.Key, block, random.Next(4000), dirt)).Status);
                    }

                    mine.Enqueue(taken.Lease);
                }
                else
                {
                    Interlocked.Increment(ref exhausted);
                }

                if (mine.Count > 0 && (taken.Status != OperationStatus.Ok || random.Next(2) == 0)) Free(mine.Dequeue(), thread);
            }

            while (mine.TryDequeue(out LeaseView lease)) Free(lease, thread);
        });

        Assert.True(exhausted > 0);
        Execute(Operation.Plain(OperationKind.Sweep));
        Assert.Equal(64, _fixture.Segment.FreeBlockCount);
        Assert.True(_executor.TryCheckIntegrity());

        void Free(in LeaseView lease, int thread)
        {
            foreach (int block in Blocks(lease)) Assert.Equal(thread + 1, Interlocked.Exchange(ref holders[block], 0));
            Assert.Equal(OperationStatus.Ok, Execute(Operation.OnLease(OperationKind.Free, lease.Key)).Status);
        }
    }

    [Fact]
    public async Task Readers_beside_a_writer_see_whole_blocks_that_never_go_back()
    {
        LeaseView lease = Alloc(1);
        bool done = false;
        byte[] first = new byte[4096];
        Execute(Operation.Write(lease.Key, 0, 0, first));
        Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                byte[] bytes = new byte[4096];
                ulong version = 0;
                long copies = 0;
                while (!Volatile.Read(ref done) || copies == 0)
                {
                    Assert.True(_fixture.Segment.Copy(0, lease.Key.Generation, 0, bytes, out ReadTicket ticket));
                    Assert.True(_fixture.Segment.Confirm(ticket, _host.Now));
                    Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept(bytes[0]));
                    Assert.True(ticket.Version >= version);
                    version = ticket.Version;
                    copies++;
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default))];

        byte[] bytes = new byte[4096];
        for (int i = 0; i < 50_000; i++)
        {
            Array.Fill(bytes, (byte)i);
            Execute(Operation.Write(lease.Key, 0, 0, bytes));
        }

        Volatile.Write(ref done, true);
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task A_reader_never_sees_the_bytes_of_the_next_holder_or_zeros_of_the_change()
    {
        LeaseView current = Alloc(1);
        Execute(Operation.Write(current.Key, 0, 0, Filled(current.Key.Generation)));
        bool done = false;
        long hits = 0;
        var published = new StrongBox { Generation = current.Key.Generation };
        Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                byte[] bytes = new byte[4096];
                while (!Volatile.Read(ref done))
                {
                    ulong generation = Volatile.Read(ref published.Generation);
                    if (!_fixture.Segment.Copy(0, generation, 0, bytes, out ReadTicket ticket))
                    {
                        Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept((byte)0));
                        continue;
                    }

                    if (!_fixture.Segment.Confirm(ticket, _host.Now)) continue;
                    Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept((byte)(1 + (generation % 200))));
                    Interlocked.Increment(ref hits);
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default))];

        for (int i = 0; i < 20_000; i++)
        {
            Execute(Operation.OnLease(OperationKind.Free, current.Key));
            current = Alloc(1);
            Execute(Operation.Write(current.Key, 0, 0, Filled(current.Key.Generation)));
            Volatile.Write(ref published.Generation, current.Key.Generation);
        }

        // Enough readings of a block that stays, so that an idle reader is not a pass.
        while (Volatile.Read(ref hits) < 1_000) Thread.Yield();
        Volatile.Write(ref done, true);
        await Task.WhenAll(readers);

        static byte[] Filled(ulong generation)
        {
            byte[] bytes = new byte[4096];
            Array.Fill(bytes, (byte)(1 + (generation % 200)));
            return bytes;
        }
    }

    [Fact]
    public void A_full_inbox_is_reported_and_what_was_queued_is_carried_out()
    {
        LeaseView lease = Alloc(1);
        var completions = new List<Completion>();
        ExecutionOutcome last = ExecutionOutcome.Queued;

        _host.HoldsDrains = true;

        // While the host is asked for the moment the segment is owned: everything that comes meanwhile has to wait.
        _host.OnNow = () =>
        {
            _host.OnNow = null;
            for (int i = 0; i <= SegmentExecutor.InboxCapacity; i++)
            {
                var completion = new Completion();
                last = _executor.Execute(Operation.Add(lease.Key, 0, 0, 1) with { Completion = completion }, out _);
                if (last == ExecutionOutcome.Queued) completions.Add(completion);
            }
        };
        OperationResult own = Execute(Operation.Add(lease.Key, 0, 0, 1));

        Assert.Equal(1, own.Value);
        Assert.Equal(ExecutionOutcome.InboxFull, last);
        Assert.Equal(SegmentExecutor.InboxCapacity, completions.Count);

        // A bounded batch was carried out for others; the rest was handed to the host's threads.
        Assert.Equal(SegmentExecutor.BatchCountMax, completions.Count(completion => completion.IsComplete));
        Assert.Equal(1, _host.Drains);
        while (_host.Drains > 0)
        {
            _host.Drains--;
            _executor.Drain();
        }

        Assert.Equal(Enumerable.Range(2, SegmentExecutor.InboxCapacity).Select(i => (long)i), completions.Select(completion => completion.Wait().Value));
    }

    [Fact]
    public void A_completion_may_call_the_executor_again()
    {
        LeaseView lease = Alloc(1);
        long nested = 0;
        _host.OnNow = () =>
        {
            _host.OnNow = null;
            _executor.Execute(
                Operation.Add(lease.Key, 0, 0, 1) with { Completion = new Callback(() => nested = Execute(Operation.Add(lease.Key, 0, 0, 1)).Value) }, out _);
        };

        Assert.Equal(1, Execute(Operation.Add(lease.Key, 0, 0, 1)).Value);

        Assert.Equal(3, nested);
    }

    [Fact]
    public void A_wake_up_stands_for_the_first_lease_to_run_out_and_a_sweep_sets_the_next()
    {
        Alloc(1, TimeSpan.FromSeconds(5));
        Alloc(1, TimeSpan.FromSeconds(2));
        Assert.Equal(_host.Now + TimeSpan.FromSeconds(2), _host.SweepAt);

        _host.Turn(TimeSpan.FromSeconds(2));
        _executor.Sweep();
        Assert.Equal(1, _fixture.Segment.LeaseCount);
        Assert.Equal(_host.Now + TimeSpan.FromSeconds(3), _host.SweepAt);

        // An alarm that rings early changes nothing and is set again.
        _host.SweepAt = Tick.Never;
        _host.Turn(TimeSpan.FromSeconds(1));
        _executor.Sweep();
        Assert.Equal(1, _fixture.Segment.LeaseCount);
        Assert.Equal(_host.Now + TimeSpan.FromSeconds(2), _host.SweepAt);
    }

    private LeaseView Alloc(int blocks, TimeSpan? duration = null)
    {
        OperationResult result = Execute(Operation.Alloc(blocks, duration ?? SegmentFixture.Duration, "test"));
        Assert.Equal(OperationStatus.Ok, result.Status);
        return result.Lease;
    }

    private OperationResult Execute(in Operation operation)
    {
        var completion = new Completion();
        while (true)
        {
            switch (_executor.Execute(operation with { Completion = completion }, out OperationResult result))
            {
                case ExecutionOutcome.Completed: return result;
                case ExecutionOutcome.Queued: return completion.Wait();
                default: Thread.Yield(); break;
            }
        }
    }

    private void AssertZero(int block, ulong generation)
    {
        Span<byte> bytes = stackalloc byte[4096];
        Assert.True(_fixture.Segment.Copy(block, generation, 0, bytes, out _));
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)0));
    }

    private static IEnumerable<int> Blocks(LeaseView lease) => lease.Runs.SelectMany(run => Enumerable.Range(run.First, run.Count));

    private static Task RunAsync(Action<int> work)
    {
        Task[] threads = [.. Enumerable.Range(0, ThreadCount).Select(thread => Task.Factory.StartNew(
            () => work(thread), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        return Task.WhenAll(threads);
    }

    [Fact]
    public async Task A_segment_that_breaks_under_many_threads_answers_everyone_and_tells_its_host_once()
    {
        LeaseView lease = Alloc(1);
        var statuses = new ConcurrentBag<OperationStatus>();
        const int each = 2_000;
        await RunAsync(thread =>
        {
            for (int i = 0; i < each; i++)
            {
                if (thread == 0 && i == each / 2) _fixture.BreakGeneration(block: 1);
                bool breaks = thread == 0 && i >= each / 2;
                statuses.Add(Execute(breaks ? Operation.Alloc(1, SegmentFixture.Duration, "") : Operation.Add(lease.Key, 0, 0, 1)).Status);
            }
        });

        Assert.Equal(ThreadCount * each, statuses.Count);
        Assert.Equal(OperationStatus.Lost, Execute(Operation.Add(lease.Key, 0, 0, 1)).Status);
        Assert.Single(_host.Faults);
    }

    private sealed class StrongBox
    {
        public ulong Generation;
    }

    private sealed class Host : ISegmentHost
    {
        public long EndedBlockCount;

        private Tick _now = new(1);

        public Action? OnNow { get; set; }

        public int Drains { get; set; }

        public Tick SweepAt { get; set; } = Tick.Never;

        public Tick Now
        {
            get
            {
                OnNow?.Invoke();
                return _now;
            }
        }

        public void Turn(TimeSpan by) => _now += by;

        /// <summary>Whether the test drains by hand.</summary>
        public bool HoldsDrains { get; set; }

        public void ScheduleDrain(SegmentExecutor executor)
        {
            if (HoldsDrains) Drains++;
            else ThreadPool.UnsafeQueueUserWorkItem(static waiting => waiting.Drain(), executor, preferLocal: false);
        }

        public void ScheduleSweep(SegmentExecutor executor, Tick at) => SweepAt = at;

        public List<SegmentFaultException> Faults { get; } = [];

        public void ReportFault(SegmentExecutor executor, SegmentFaultException fault) => Faults.Add(fault);

        public void OnEnded(in EndedLease ended) => Interlocked.Add(ref EndedBlockCount, ended.BlockCount);
    }

    private sealed class Completion : IOperationCompletion
    {
        private readonly ManualResetEventSlim _told = new();
        private OperationResult _result;

        public bool IsComplete => _told.IsSet;

        public void Complete(in OperationResult result)
        {
            Debug.Assert(!_told.IsSet, "a completion is told once");
            _result = result;
            _told.Set();
        }

        public OperationResult Wait()
        {
            Assert.True(_told.Wait(TimeSpan.FromSeconds(30)), "the completion was never told");
            return _result;
        }
    }

    private sealed class Callback(Action action) : IOperationCompletion
    {
        public void Complete(in OperationResult result) => action();
    }
}
