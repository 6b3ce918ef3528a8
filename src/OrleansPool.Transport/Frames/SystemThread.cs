using System.Globalization;
using System.Runtime.InteropServices;

namespace OrleansPool.Transport.Frames;

/// <summary>
/// A thread as the system sees it: a thread that makes no progress may be blocked, or compute for long, or wait for a processor that
/// others have. In the last case another thread would have to wait as well, and only the first two are the fault of the code it runs.
/// </summary>
/// <remarks>Linux only; elsewhere no thread is known to wait for a processor. Not thread-safe.</remarks>
internal sealed class SystemThread
{
    private const char Runnable = 'R';

    private readonly string? _directory;
    private readonly long _busyMin;
    private long _busyBefore;
    private int _callBefore;

    private SystemThread(string? directory, TimeSpan lookInterval)
    {
        _directory = directory;
        _busyMin = lookInterval.Ticks * TimeSpan.NanosecondsPerTick / 2;
    }

    /// <summary>The thread that calls.</summary>
    /// <param name="lookInterval">How far apart <see cref="IsStarved"/> is asked.</param>
    public static SystemThread Current(TimeSpan lookInterval)
    {
        string? directory = null;
        if (OperatingSystem.IsLinux())
        {
            try
            {
                directory = string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{GetThreadId()}");
            }
            catch (EntryPointNotFoundException)
            {
                // A C library that is too old to say.
            }
        }

        return new SystemThread(directory, lookInterval);
    }

    /// <summary>Whether it could run and did not, since the last look.</summary>
    /// <param name="call">What it is in: two looks that found the same belong together.</param>
    public bool IsStarved(int call)
    {
        if (_directory is null) return false;
        try
        {
            // "pid (name) state ...", and the name may hold anything.
            string stat = File.ReadAllText($"{_directory}/stat");
            if (stat[stat.LastIndexOf(')') + 2] != Runnable) return false;
            string times = File.ReadAllText($"{_directory}/schedstat");
            long busy = long.Parse(times.AsSpan(0, times.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
            bool isComputing = call == _callBefore && busy - _busyBefore >= _busyMin;
            (_callBefore, _busyBefore) = (call, busy);
            return !isComputing;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException or IndexOutOfRangeException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "gettid")]
    private static extern int GetThreadId();
}
