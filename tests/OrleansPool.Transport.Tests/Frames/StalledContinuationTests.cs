using System.Diagnostics;
using OrleansPool.Grains;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Frames;

/// <summary>Code of users goes on where their answers are read. It may take its time there, and others must not notice.</summary>
public sealed class StalledContinuationTests
{
    public static TheoryData<NetworkKind> Kinds => new(NetworkKind.Twin, NetworkKind.Sockets);

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_continuation_that_blocks_its_thread_does_not_stall_the_answers_of_others(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        using var isReleased = new ManualResetEventSlim();
        Task<int> blocked = BlockAsync(plane, connection, isReleased);
        await Eventually.IsTrue(() => connection.StallCount > 0, "the turn goes over");
        for (int i = 0; i < 100; i++) Assert.Equal((ulong)i, (await connection.ReadAsync(Ask.Tagged((ulong)i, 64), new byte[64], CancellationToken.None)).Version);
        Assert.False(blocked.IsCompleted);
        isReleased.Set();
        await blocked.WaitAsync(Eventually.Patience);
        for (int i = 0; i < 100; i++) Assert.Equal((ulong)i, (await connection.ReadAsync(Ask.Tagged((ulong)i, 64), new byte[64], CancellationToken.None)).Version);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_continuation_that_computes_for_long_does_not_stall_the_answers_of_others(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        bool mayEnd = false;
        Task computing = GoOnAsync(plane, connection, () =>
        {
            while (!Volatile.Read(ref mayEnd))
            {
                // At work.
            }
        });
        await Eventually.IsTrue(() => connection.StallCount > 0, "the turn goes over");
        for (int i = 0; i < 100; i++) Assert.Equal((ulong)i, (await connection.ReadAsync(Ask.Tagged((ulong)i, 64), new byte[64], CancellationToken.None)).Version);
        Assert.False(computing.IsCompleted);
        Volatile.Write(ref mayEnd, true);
        await computing.WaitAsync(Eventually.Patience);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_stall_costs_others_milliseconds_not_the_time_of_the_stall(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        var delays = new List<double>();
        for (int round = 0; round < 11; round++)
        {
            using var isReleased = new ManualResetEventSlim();
            using var isBlocking = new ManualResetEventSlim();
            Task<int> blocked = BlockAsync(plane, connection, isReleased, isBlocking);
            await Eventually.IsTrue(() => isBlocking.IsSet, "the continuation runs");
            long started = Stopwatch.GetTimestamp();
            await connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None).AsTask().WaitAsync(Eventually.Patience);
            delays.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            isReleased.Set();
            await blocked.WaitAsync(Eventually.Patience);
        }

        // A median, since the machine may be busy with something else for a while.
        delays.Sort();
        Assert.InRange(delays[delays.Count / 2], 0, 100);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_continuation_may_wait_for_the_result_of_another_read_on_the_same_connection(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        for (int i = 0; i < 20; i++)
        {
            ulong version = await WaitForAnotherAsync(connection).WaitAsync(Eventually.Patience);
            Assert.Equal(2u, version);
        }

        static async Task<ulong> WaitForAnotherAsync(DataConnection connection)
        {
            await connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None).ConfigureAwait(false);
            return connection.ReadAsync(Ask.Tagged(2, 8), new byte[8], CancellationToken.None).AsTask().Result.Version;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_deposed_thread_that_comes_back_does_no_harm(NetworkKind kind)
    {
        await using var plane = new Plane(kind);
        DataConnection connection = await plane.ConnectAsync();
        using var cancellation = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(1, 4).Select(number => Task.Run(() => ReadAsync(connection, number, cancellation.Token)))];
        await DawdleAsync(connection);
        await cancellation.CancelAsync();
        await Task.WhenAll(readers).WaitAsync(Eventually.Patience);

        static async Task DawdleAsync(DataConnection connection)
        {
            for (int i = 0; i < 30; i++)
            {
                // Each goes back just when it was, or is about to be, deposed.
                await connection.ReadAsync(Ask.Tagged(0, 8), new byte[8], CancellationToken.None).ConfigureAwait(false);
                Dawdle(TimeSpan.FromMicroseconds(500 + (i * 100)));
            }
        }

        static async Task ReadAsync(DataConnection connection, int number, CancellationToken isOver)
        {
            byte[] destination = new byte[256];
            for (ulong i = 0; !isOver.IsCancellationRequested; i++)
            {
                ulong tag = ((ulong)number << 32) + i;
                await connection.ReadAsync(Ask.Tagged(tag, destination.Length), destination, CancellationToken.None).ConfigureAwait(false);
                Assert.True(Ask.IsTagged(destination, tag));
            }
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task More_blocked_continuations_than_reader_threads_do_not_end_the_reading(NetworkKind kind)
    {
        await using var plane = new Plane(kind, clientOptions: new TransportOptions { ReaderThreadsMax = 2 });
        using var isReleased = new ManualResetEventSlim();
        DataConnection[] connections = [.. await Task.WhenAll(plane.ConnectAsync(Core.Wire.Lane.Express), plane.ConnectAsync(Core.Wire.Lane.Bulk), plane.ConnectAsync(Core.Wire.Lane.Control))];
        var blocked = new List<Task<int>>();
        foreach (DataConnection connection in connections)
        {
            blocked.Add(BlockAsync(plane, connection, isReleased));
            blocked.Add(BlockAsync(plane, connection, isReleased));
        }

        foreach (DataConnection connection in connections)
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal((ulong)i, (await connection.ReadAsync(Ask.Tagged((ulong)i, 64), new byte[64], CancellationToken.None).AsTask().WaitAsync(Eventually.Patience)).Version);
            }
        }

        isReleased.Set();
        await Task.WhenAll(blocked).WaitAsync(Eventually.Patience);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Threads_that_read_and_watch_end_when_nothing_needs_them(NetworkKind kind)
    {
        await using (var plane = new Plane(kind))
        {
            DataConnection connection = await plane.ConnectAsync();
            await connection.ReadAsync(Ask.Tagged(1, 8), new byte[8], CancellationToken.None);
            Assert.True(plane.Client.ReaderThreadCount > 0);
            await Eventually.IsTrue(() => plane.Client.ReaderThreadCount == 0 && !plane.Client.IsWatching, "the client has no threads");
            Assert.Equal(2u, (await connection.ReadAsync(Ask.Tagged(2, 8), new byte[8], CancellationToken.None)).Version);
        }
    }

    /// <summary>Holds the thread, as code of users may.</summary>
    private static void Dawdle(TimeSpan time)
    {
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < time) Thread.SpinWait(20);
    }

    private static Task<int> BlockAsync(Plane plane, DataConnection connection, ManualResetEventSlim isReleased, ManualResetEventSlim? isBlocking = null) =>
        GoOnAsync(plane, connection, () =>
        {
            isBlocking?.Set();
            Eventually.Blocking(isReleased);
        });

    /// <summary>Reads, and does something where the answer is read: the answer is held back until somebody waits for it.</summary>
    private static async Task<int> GoOnAsync(Plane plane, DataConnection connection, Action goOn)
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        plane.Node.OnRead = read => read.KnownVersion == ulong.MaxValue ? hold.Task : null;
        ValueTask<BlockReadReply> read = connection.ReadAsync(Ask.Tagged(ulong.MaxValue, 8), new byte[8], CancellationToken.None);
        Task<int> going = RunAsync(read);
        hold.SetResult();
        await Task.Yield();
        return await going;

        async Task<int> RunAsync(ValueTask<BlockReadReply> read)
        {
            await read.ConfigureAwait(false);
            goOn();
            return Environment.CurrentManagedThreadId;
        }
    }
}
