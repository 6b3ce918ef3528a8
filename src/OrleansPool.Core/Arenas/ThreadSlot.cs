using System.Numerics;

namespace OrleansPool.Core.Arenas;

/// <summary>A small number that a thread has for itself while it lives: the index of its magazine in every reservation.</summary>
/// <remarks>
/// Process-wide state, since threads are. A thread that asks when all numbers are given works without magazine until one is free. The number
/// of a thread that ended comes back when the collector finds the thread's claim; the next thread inherits what lies in its magazines.
/// </remarks>
internal static class ThreadSlot
{
    /// <summary>How many threads can have a number at once: the bits of a word.</summary>
    public const int CountMax = 64;

    private static ulong s_claimed;

    [ThreadStatic]
    private static int t_numberPlusOne;

    [ThreadStatic]
    private static Claim? t_claim;

    /// <summary>The thread's number, or -1 while it has none.</summary>
    public static int Current => t_numberPlusOne - 1;

    /// <summary>The thread's number, claimed where it has none; -1 when all are given.</summary>
    public static int ClaimCurrent()
    {
        if (t_numberPlusOne != 0)
            return Current;
        ulong claimed = Volatile.Read(ref s_claimed);
        // Every failed round means that another thread got or lost a number: rounds are bounded by threads that begin or end now.
        while (claimed != ulong.MaxValue)
        {
            int number = BitOperations.TrailingZeroCount(~claimed);
            ulong seen = Interlocked.CompareExchange(ref s_claimed, claimed | (1UL << number), claimed);
            if (seen == claimed)
            {
                t_claim = new Claim(number);
                t_numberPlusOne = number + 1;
                return number;
            }
            claimed = seen;
        }
        return -1;
    }

    /// <summary>Reachable from its thread alone, so it is finalised after the thread's end and never before.</summary>
    private sealed class Claim(int number)
    {
        ~Claim() => Interlocked.And(ref s_claimed, ~(1UL << number));
    }
}
