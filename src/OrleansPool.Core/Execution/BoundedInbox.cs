using OrleansPool.Core.Segments;

namespace OrleansPool.Core.Execution;

/// <summary>
/// Inputs that wait for a busy segment: a bounded ring that any thread fills and the segment's owner empties (Vyukov's bounded
/// MPMC queue, used here with one consumer at a time).
/// </summary>
/// <remarks>
/// A slot's turn tells who may touch it: <c>turn = position</c> for the producer of that position, <c>turn = position + 1</c> for its
/// consumer.
/// </remarks>
internal sealed class BoundedInbox
{
    private readonly Slot[] _slots;
    private long _tail;
    private long _head;

    public BoundedInbox(int capacity)
    {
        SegmentFaultException.ThrowUnless(int.IsPow2(capacity), "the inbox's capacity is a power of two");
        _slots = new Slot[capacity];
        for (int i = 0; i < capacity; i++) _slots[i].Turn = i;
    }

    public bool IsEmpty => Volatile.Read(ref _head) >= Volatile.Read(ref _tail);

    /// <summary>Adds an input. Any thread.</summary>
    /// <returns>False when the inbox is full.</returns>
    public bool TryEnqueue(in Operation operation)
    {
        while (true)
        {
            long tail = Volatile.Read(ref _tail);
            ref Slot slot = ref _slots[tail & (_slots.Length - 1)];
            long lag = Volatile.Read(ref slot.Turn) - tail;
            if (lag < 0) return false;
            if (lag == 0 && Interlocked.CompareExchange(ref _tail, tail + 1, tail) == tail)
            {
                slot.Operation = operation;
                Volatile.Write(ref slot.Turn, tail + 1);
                return true;
            }
        }
    }

    /// <summary>Takes the oldest input. One thread at a time.</summary>
    /// <returns>False when there is none, or the oldest is still being put in.</returns>
    public bool TryDequeue(out Operation operation)
    {
        operation = default;
        long head = _head;
        ref Slot slot = ref _slots[head & (_slots.Length - 1)];
        if (Volatile.Read(ref slot.Turn) != head + 1) return false;
        operation = slot.Operation;
        slot.Operation = default;
        Volatile.Write(ref _head, head + 1);
        Volatile.Write(ref slot.Turn, head + _slots.Length);
        return true;
    }

    private struct Slot
    {
        public long Turn;
        public Operation Operation;
    }
}
