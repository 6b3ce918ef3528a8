using System.Runtime.InteropServices;

namespace OrleansPool.Benchmarks.Alloc;

/// <summary>How often the process' threads gave up the processor to wait.</summary>
internal static unsafe partial class ContextSwitches
{
    // struct rusage of 64-bit Linux: two struct timeval, then fourteen longs, of which ru_nvcsw is the thirteenth.
    private const int LongCount = 18;
    private const int VoluntaryAt = 16;

    /// <summary>Since the process began; null where it is not known.</summary>
    public static long? Voluntary()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return null;
        long* usage = stackalloc long[LongCount];
        return GetUsage(0, usage) == 0 ? usage[VoluntaryAt] : null;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, long* usage);
}
