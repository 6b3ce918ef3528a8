namespace OrleansPool.Core.Arenas;

/// <summary>A small number that a thread has for itself while it lives: the index of its magazine in every reservation.</summary>
/// <remarks>
/// Process-wide state, since threads are. The number of a thread that ended goes to the next thread that asks, which inherits what lies in the
/// magazines. While every number belongs to a living thread, further threads work without magazine and ask again now and then.
/// </remarks>
internal static class ThreadSlot
{
    /// <summary>How many threads can have a number at once: as many as a <see cref="BlockWord"/> can name.</summary>
    public const int CountMax = BlockWord.NoSlot;

    // Asking looks at every owner: too slow for each call of a thread that gets nothing.
    private const int CallsBetweenClaims = 1024;

    // The number plus one; or zero or less: minus the calls until the thread may ask again. One small field in a class
    // without initialiser: such fields the runtime can reach at a fixed offset, all others through a chain of loads.
    [ThreadStatic]
    private static int t_numberOrWait;

    /// <summary>The thread's number, or something negative while it has none.</summary>
    public static int Current => t_numberOrWait - 1;

    /// <summary>The thread's number, claimed where it has none; negative when every number belongs to a living thread.</summary>
    public static int ClaimCurrent()
    {
        if (t_numberOrWait > 0)
            return Current;
        if (t_numberOrWait < 0)
        {
            t_numberOrWait++;
            return -1;
        }
        for (int number = 0; number < CountMax; number++)
        {
            Thread? owner = Volatile.Read(ref Owners.Threads[number]);
            if (owner is { IsAlive: true } || Interlocked.CompareExchange(ref Owners.Threads[number], Thread.CurrentThread, owner) != owner)
                continue;
            t_numberOrWait = number + 1;
            return number;
        }
        t_numberOrWait = -CallsBetweenClaims;
        return -1;
    }

    private static class Owners
    {
        public static readonly Thread?[] Threads = new Thread?[CountMax];
    }
}
