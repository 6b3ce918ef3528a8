using HdrHistogram;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Cli.Tests.Bench.Load;

public sealed class LoadRunTests
{
    private const long Microsecond = 1_000;
    private const long Millisecond = 1_000 * Microsecond;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>100 operations a second of 1 ms, for a second, of which the tenth takes half a second.</summary>
    private static readonly Func<PlantedClock, StallingWorker> Stalling = clock => new StallingWorker(clock, Millisecond, 10, 500 * Millisecond);

    [Fact]
    public async Task An_open_loop_counts_a_stall_for_everybody_who_came_meanwhile()
    {
        var clock = new PlantedClock();
        LoadResult result = await LoadRun.OpenAsync(clock, [Stalling(clock)], Second, arrivalsPerSecond: 100);

        // Half of the arrivals fall into the stall or into the queue that it leaves: their lateness goes from 500 ms down to none.
        Assert.Equal(100, result.OperationCount);
        Assert.InRange(result.All.GetValueAtPercentile(99), 480 * Millisecond, 510 * Millisecond);
        Assert.InRange(result.All.GetValueAtPercentile(70), 150 * Millisecond, 250 * Millisecond);
        Assert.InRange(result.All.GetValueAtPercentile(40), Millisecond / 2, 2 * Millisecond);
    }

    [Fact]
    public async Task A_closed_loop_counts_it_once()
    {
        var clock = new PlantedClock();
        LoadResult result = await LoadRun.ClosedAsync(clock, [Stalling(clock)], Second);

        // The half second that is left is full of operations; one of 501 is slow.
        Assert.Equal(501, result.OperationCount);
        Assert.InRange(result.All.GetValueAtPercentile(99), Millisecond / 2, 2 * Millisecond);
        Assert.InRange(result.All.GetMaxValue(), 490 * Millisecond, 510 * Millisecond);
    }

    [Fact]
    public async Task What_arrived_before_the_end_is_served_after_it()
    {
        var clock = new PlantedClock();
        LoadResult result = await LoadRun.OpenAsync(clock, [new StallingWorker(clock, 20 * Millisecond, -1, 0)], Second, arrivalsPerSecond: 100);

        Assert.Equal(100, result.OperationCount);
        Assert.Equal(2, result.Seconds, 0.05);
        Assert.Equal(50, result.OperationsPerSecond, 2);
    }

    [Fact]
    public async Task Reads_and_writes_are_told_apart_and_batches_count_all_their_operations()
    {
        var clock = new PlantedClock();
        LoadResult result = await LoadRun.ClosedAsync(clock, [new MixedWorker(clock)], Second);

        Assert.Equal(result.Latencies(LoadKind.Read)!.TotalCount, result.Latencies(LoadKind.Write)!.TotalCount);
        Assert.InRange(result.Latencies(LoadKind.Read)!.GetValueAtPercentile(50), 0.9 * Millisecond, 1.1 * Millisecond);
        Assert.InRange(result.Latencies(LoadKind.Write)!.GetValueAtPercentile(50), 2.9 * Millisecond, 3.1 * Millisecond);
        Assert.Equal(250 + (250 * 64), result.OperationCount);
        Assert.Equal(500, result.All.TotalCount);
    }

    [Fact]
    public async Task A_worker_that_fails_fails_the_run()
    {
        var clock = new PlantedClock();
        await Assert.ThrowsAsync<InvalidDataException>(() => LoadRun.ClosedAsync(clock, [new FailingWorker()], Second));
    }

    [Fact]
    public async Task A_run_that_is_told_to_stop_begins_nothing_more()
    {
        using var stop = new CancellationTokenSource();
        using var clock = new SystemLoadClock();
        Task<LoadResult> run = LoadRun.OpenAsync(clock, [new StallingWorker(new PlantedClock(), 1, -1, 0)], TimeSpan.FromHours(1), 0.001, stop.Token);
        await stop.CancelAsync();

        Assert.InRange((await run).OperationCount, 0, 1);
    }

    [Fact]
    public async Task The_machines_clock_wakes_nobody_early()
    {
        using var clock = new SystemLoadClock();
        long begin = clock.Now;
        long[] times = [begin + (3 * Millisecond), begin + Millisecond, begin + (50 * Microsecond), begin];
        await Task.WhenAll(times.Select(async time =>
        {
            await clock.UntilAsync(time);
            Assert.True(clock.Now >= time);
        }));
    }

    private sealed class MixedWorker(PlantedClock clock) : ILoadWorker
    {
        public async Task RunAsync(LoadPace pace)
        {
            for (long began, count = 0; (began = await pace.NextAsync()) >= 0; count++)
            {
                bool isRead = count % 2 == 0;
                clock.Pass(isRead ? Millisecond : 3 * Millisecond);
                pace.Record(began, isRead ? LoadKind.Read : LoadKind.Write, isRead ? 1 : 64);
            }
        }
    }

    private sealed class FailingWorker : ILoadWorker
    {
        public Task RunAsync(LoadPace pace) => throw new InvalidDataException();
    }
}
