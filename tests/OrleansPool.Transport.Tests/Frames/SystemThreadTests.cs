using OrleansPool.Transport.Frames;
using OrleansPool.Transport.Tests.Fakes;

namespace OrleansPool.Transport.Tests.Frames;

/// <summary>Who makes no progress: blocked, at work, or without a processor.</summary>
public sealed class SystemThreadTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_thread_that_blocks_is_not_starved()
    {
        using var isReleased = new ManualResetEventSlim();
        using var other = new OtherThread(isReleased.Wait);

        // It has to come to rest first.
        await Eventually.IsTrue(() => !other.Thread.IsStarved(1), "it blocks");
        Assert.False(other.Thread.IsStarved(1));
        isReleased.Set();
    }

    [Fact]
    public async Task A_thread_that_computes_is_not_starved_but_that_takes_two_looks_to_know()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux tells what its threads do.");
        bool mayEnd = false;
        using var other = new OtherThread(() =>
        {
            while (!Volatile.Read(ref mayEnd))
            {
                // At work.
            }
        });
        await Eventually.IsTrue(() => !other.Thread.IsStarved(1), "the second look at the same call finds that it has worked");
        Volatile.Write(ref mayEnd, true);
    }

    [Fact]
    public void A_thread_that_is_in_another_call_than_at_the_last_look_is_given_time()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux tells what its threads do.");
        SystemThread own = SystemThread.Current(Interval);

        // Who looks at itself runs: it is no longer in what the last look found.
        for (int call = 1; call <= 3; call++) Assert.True(own.IsStarved(call));
    }

    private sealed class OtherThread : IDisposable
    {
        private readonly Thread _thread;

        public OtherThread(Action run)
        {
            using var isThere = new ManualResetEventSlim();
            _thread = new Thread(() =>
            {
                Thread = SystemThread.Current(Interval);
                isThere.Set();
                run();
            });
            _thread.Start();
            isThere.Wait();
        }

        public SystemThread Thread { get; private set; } = null!;

        public void Dispose() => _thread.Join();
    }
}
