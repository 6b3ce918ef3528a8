using System.Diagnostics;

namespace OrleansPool.Transport.Tests.Fakes;

/// <summary>Waits for what must come, and fails by name if it does not.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task IsTrue(Func<bool> condition, string what)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"It has not come to this: {what}.");
            await Task.Delay(1); // asked in a tight loop, the question would starve what it waits for
        }
    }

    /// <summary>The same for what can only be found out by trying.</summary>
    public static async Task Succeeds(Func<Task<bool>> attempt, string what)
    {
        bool isDone = false;
        for (long started = Stopwatch.GetTimestamp(); !isDone; isDone = await attempt())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"It has not come to this: {what}.");
            await Task.Yield();
        }
    }

    /// <summary>Blocks the thread that waits, as some users do.</summary>
    public static void Blocking(ManualResetEventSlim signal) => Assert.True(signal.Wait(Patience), "The signal did not come.");
}
