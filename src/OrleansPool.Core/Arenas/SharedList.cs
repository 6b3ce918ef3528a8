using System.Runtime.InteropServices;

namespace OrleansPool.Core.Arenas;

/// <summary>A lock-free stack of block indexes that moves whole chains at once.</summary>
/// <remarks>
/// Treiber's stack (IBM RJ 5118, 1986) with a tag beside the head against ABA: every change raises the tag, so a chain that was read while
/// others changed it is never taken. index (28 bits) | tag (36 bits). A block is in the list at most once; its one link is its own.
/// Attempts are bounded: whoever fails them all is told so.
/// </remarks>
internal sealed class SharedList
{
    /// <summary>How often a compare-and-swap is tried, unless a test says otherwise.</summary>
    public const int AttemptCountDefault = 64;

    private const int None = -1;
    private const int IndexBits = 28;
    private const ulong IndexMask = (1UL << IndexBits) - 1;
    private const int SpinExponentMax = 6;

    private readonly int[] _next;
    private PaddedHead _head;

    /// <summary>Makes a list that holds every block, in order.</summary>
    public SharedList(int blockCount)
    {
        _next = new int[blockCount];
        for (int i = 0; i < blockCount; i++)
            _next[i] = i + 1 < blockCount ? i + 1 : None;
        _head.Value = Pack(0, 0);
    }

    /// <summary>How often a compare-and-swap is tried.</summary>
    public int AttemptCount { get; set; } = AttemptCountDefault;

    /// <summary>Adds a chain whose inner links were set by <see cref="Link"/>.</summary>
    /// <returns>False when every attempt met another thread.</returns>
    public bool TryPush(int first, int last)
    {
        for (int attempt = 0; attempt < AttemptCount; attempt++)
        {
            ulong head = Volatile.Read(ref _head.Value);
            Volatile.Write(ref _next[last], IndexOf(head));
            if (Interlocked.CompareExchange(ref _head.Value, Pack(first, head), head) == head)
                return true;
            Thread.SpinWait(1 << Math.Min(attempt, SpinExponentMax));
        }
        return false;
    }

    /// <summary>Makes a block follow another in a chain that is not in the list.</summary>
    public void Link(int index, int next) => _next[index] = next;

    /// <summary>Takes up to as many blocks as the span has room for.</summary>
    /// <returns>How many; 0 when the list is empty, or every attempt met another thread.</returns>
    public int Pop(Span<int> blocks)
    {
        for (int attempt = 0; attempt < AttemptCount; attempt++)
        {
            ulong head = Volatile.Read(ref _head.Value);
            int next = IndexOf(head);
            int count = 0;
            // Links may change underneath, but always name a block or none; the tag tells afterwards.
            while (next != None && count < blocks.Length)
            {
                blocks[count++] = next;
                next = Volatile.Read(ref _next[next]);
            }
            if (count == 0)
                return 0;
            if (Interlocked.CompareExchange(ref _head.Value, Pack(next, head), head) == head)
                return count;
            Thread.SpinWait(1 << Math.Min(attempt, SpinExponentMax));
        }
        return 0;
    }

    /// <summary>Every block of the list, while nobody changes it.</summary>
    public IEnumerable<int> Walk()
    {
        int index = IndexOf(Volatile.Read(ref _head.Value));
        for (int count = 0; index != None; index = _next[index])
        {
            if (++count > _next.Length)
                throw new ArenaFaultException("The shared list of free blocks has a cycle.");
            yield return index;
        }
    }

    private static int IndexOf(ulong head)
    {
        ulong index = head & IndexMask;
        return index == IndexMask ? None : (int)index;
    }

    private static ulong Pack(int index, ulong formerHead) =>
        ((formerHead & ~IndexMask) + (1UL << IndexBits)) | ((uint)index & IndexMask);

    // The head alone on its pair of cache lines: everything else in this object is only read.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct PaddedHead
    {
        [FieldOffset(128)]
        public ulong Value;
    }
}
