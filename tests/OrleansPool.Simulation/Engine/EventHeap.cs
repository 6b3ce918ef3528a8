using System.Runtime.CompilerServices;

namespace OrleansPool.Simulation.Engine;

/// <summary>
/// Events by time and tie: a heap of four children a node, so that it is half as deep as one of two and a node's children lie side by side.
/// </summary>
/// <remarks>It is the hottest structure of a run; a <see cref="PriorityQueue{TElement, TPriority}"/> asks a comparer for every pair.</remarks>
internal sealed class EventHeap
{
    private const int Children = 4;

    private Entry[] _entries = new Entry[256];
    private int _count;

    /// <summary>When the first event is; later than any moment if there is none.</summary>
    public long FirstAt => _count == 0 ? long.MaxValue : _entries[0].At;

    /// <summary>Adds an event. Ties of events at one time should differ.</summary>
    public void Add(SimEvent what, ulong tie)
    {
        if (_count == _entries.Length) Array.Resize(ref _entries, _count * 2);
        var added = new Entry(what.At, tie, what);
        int at = _count++;
        while (at > 0)
        {
            int parent = (at - 1) / Children;
            if (!added.IsBefore(_entries[parent])) break;
            _entries[at] = _entries[parent];
            at = parent;
        }

        _entries[at] = added;
    }

    /// <summary>Takes the first event, of which there must be one.</summary>
    public SimEvent TakeFirst()
    {
        SimEvent first = _entries[0].What;
        Entry moved = _entries[--_count];
        _entries[_count] = default;
        if (_count > 0) _entries[PlaceFor(moved)] = moved;
        return first;
    }

    /// <summary>From the root, which is free, moves earlier children up until the place of an entry is free.</summary>
    private int PlaceFor(in Entry moved)
    {
        Span<Entry> entries = _entries.AsSpan(0, _count);
        int at = 0;
        while (true)
        {
            int child = (at * Children) + 1;
            if (child >= entries.Length) return at;
            int end = Math.Min(child + Children, entries.Length);
            int earliest = child;
            for (int other = child + 1; other < end; other++)
            {
                if (entries[other].IsBefore(entries[earliest])) earliest = other;
            }

            if (!entries[earliest].IsBefore(moved)) return at;
            entries[at] = entries[earliest];
            at = earliest;
        }
    }

    private readonly record struct Entry(long At, ulong Tie, SimEvent What)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool IsBefore(in Entry other) => At < other.At || (At == other.At && Tie < other.Tie);
    }
}
