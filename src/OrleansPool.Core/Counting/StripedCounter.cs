using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansPool.Core.Counting;

/// <summary>
/// Counts operations and their bytes on paths that take tens of nanoseconds: each thread adds to a stripe of its own, with plain
/// additions, and who wants the sum reads all stripes.
/// </summary>
/// <remarks>
/// Thread-safe. A stripe has one writer, the living thread whose <see cref="ThreadNumber"/> it is, and stands two cache lines from the
/// next. Threads without a number share the first stripe, by interlocked additions. Memory:
/// <code>(thread numbers + 1) * 128 bytes</code>
/// Public for the other assemblies of OrleansPool only: it may change in any version.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class StripedCounter
{
    /// <summary>Of how many operations of one thread one is to be timed.</summary>
    public const int SampleInterval = 1024;

    private readonly Stripe[] _stripes = new Stripe[ThreadNumber.CountMax + 1];

    /// <summary>Counts an operation that is about to be done.</summary>
    /// <returns>Whether it is one of those to be timed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Count(int bytes)
    {
        // One comparison: no number (zero or less) becomes a number that is too large.
        int number = ThreadNumber.Current;
        if ((uint)(number - 1) >= ThreadNumber.CountMax) return CountSlowly(bytes);
        ref Stripe stripe = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_stripes), (uint)number);
        stripe.Bytes += bytes;
        return (++stripe.Operations & (SampleInterval - 1)) == 0;
    }

    /// <summary>Takes back an operation that was not done after all.</summary>
    public void Undo(int bytes)
    {
        // In the stripe that all threads share: the sum is what counts.
        Interlocked.Add(ref _stripes[0].Bytes, -bytes);
        Interlocked.Decrement(ref _stripes[0].Operations);
    }

    /// <summary>What was counted; what is counted at this moment may be missing.</summary>
    public (long Operations, long Bytes) Read()
    {
        long operations = 0;
        long bytes = 0;
        for (int i = 0; i < _stripes.Length; i++)
        {
            operations += Volatile.Read(ref _stripes[i].Operations);
            bytes += Volatile.Read(ref _stripes[i].Bytes);
        }

        return (operations, bytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool CountSlowly(int bytes)
    {
        if (ThreadNumber.ClaimCurrent() > 0) return Count(bytes);
        Interlocked.Add(ref _stripes[0].Bytes, bytes);
        return (Interlocked.Increment(ref _stripes[0].Operations) & (SampleInterval - 1)) == 0;
    }

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Stripe
    {
        [FieldOffset(64)]
        public long Operations;

        [FieldOffset(72)]
        public long Bytes;
    }
}
