using System.Runtime.InteropServices;

namespace OrleansPool.Cli.Bench.Load;

/// <summary>Sleeps of less than a millisecond, which .NET's own waits round up.</summary>
internal static class ShortSleep
{
    private const int NanosecondsPerMicrosecond = 1_000;

    /// <summary>Sleeps about so long where the system can, and gives the processor away once where it cannot.</summary>
    public static void Sleep(long nanoseconds)
    {
        if (OperatingSystem.IsWindows()) Thread.Yield();
        else _ = SleepMicroseconds((uint)(nanoseconds / NanosecondsPerMicrosecond));
    }

    [DllImport("libc", EntryPoint = "usleep")]
    private static extern int SleepMicroseconds(uint microseconds);
}
