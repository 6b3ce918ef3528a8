namespace OrleansPool.Core.Counting;

/// <summary>A small number, from 1, that a thread has for itself while it lives: its stripe in every <see cref="StripedCounter"/>.</summary>
/// <remarks>
/// Process-wide state, since threads are. Not the number of the thread's magazines, which are fewer: a thread that only counts must
/// not take one from a thread that reserves. The number of a thread that ended goes to the next that asks.
/// </remarks>
internal static class ThreadNumber
{
    /// <summary>How many threads can have a number at once.</summary>
    public const int CountMax = 255;

    // Asking looks at every owner: too slow for each call of a thread that gets nothing.
    private const int CallsBetweenClaims = 1024;

    // The number; or minus the calls until the thread may ask again. A class without initialiser, so that it is quick to reach.
    [ThreadStatic]
    private static int t_numberOrWait;

    /// <summary>The thread's number; zero or less while it has none.</summary>
    public static int Current => t_numberOrWait;

    /// <summary>The thread's number, claimed where it has none; zero or less when every number belongs to a living thread.</summary>
    public static int ClaimCurrent()
    {
        if (t_numberOrWait > 0) return t_numberOrWait;
        if (t_numberOrWait < 0) return ++t_numberOrWait;
        for (int i = 0; i < CountMax; i++)
        {
            Thread? owner = Volatile.Read(ref Owners.Threads[i]);
            if (owner is { IsAlive: true } || Interlocked.CompareExchange(ref Owners.Threads[i], Thread.CurrentThread, owner) != owner) continue;
            return t_numberOrWait = i + 1;
        }

        return t_numberOrWait = -CallsBetweenClaims;
    }

    private static class Owners
    {
        public static readonly Thread?[] Threads = new Thread?[CountMax];
    }
}
