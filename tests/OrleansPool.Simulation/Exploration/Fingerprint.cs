using System.Collections;
using System.Runtime.InteropServices;
using OrleansPool.Core;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;

namespace OrleansPool.Simulation.Exploration;

/// <summary>
/// Stands for everything that an object knows, all the way down: private fields, collections, and the bytes of arenas. Two objects with the
/// same fingerprint do the same from now on.
/// </summary>
/// <remarks>
/// It reads fields by reflection, so nothing that is added to the core can be forgotten; a type that it cannot read is an error. Left out is
/// what no decision rests on: counters, scratch lists that each step empties before it uses them, delegates, and what never changes.
/// Dictionaries and sets count without order. Records are values. Other objects count in full where they are met first, and by their plain
/// fields where they are met again: so two equal states may look different, which costs time and is not wrong.
/// </remarks>
internal sealed class Fingerprint
{
    private const ulong Prime = 0x9E3779B97F4A7C15;

    private static readonly Dictionary<Type, TypePlan> Plans = [];

    private static readonly HashSet<Type> Skipped =
        [typeof(SegmentCounters), typeof(Outbox), typeof(NodeOutbox), typeof(SegmentGeometry), typeof(ReplicationTimes), typeof(Lock), typeof(Arena)];

    private static readonly HashSet<string> Scratch =
        ["_walk", "_stalledBlocks", "_stalledLeases", "_runs", "_expired", "_memory", "_overdue"];

    private readonly Dictionary<object, ulong> _records = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    private readonly Moments? _moments;

    private Fingerprint(Moments? moments) => _moments = moments;

    /// <summary>The fingerprint of an object.</summary>
    /// <param name="root">It.</param>
    /// <param name="moments">How moments count; null for as they are.</param>
    public static ulong Of(object? root, Moments? moments = null)
    {
        lock (Plans) return new Fingerprint(moments).Hash(root);
    }

    /// <summary>One number into another.</summary>
    public static ulong Mix(ulong hash, ulong more)
    {
        ulong z = (hash ^ more) * Prime;
        z = (z ^ (z >> 32)) * 0xBF58476D1CE4E5B9;
        return z ^ (z >> 29);
    }

    /// <summary>Bytes as a number.</summary>
    public static ulong Mix(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes)) hash = (hash ^ word) * Prime ^ (hash >> 31);
        foreach (byte one in bytes[(bytes.Length & ~7)..]) hash = (hash ^ one) * Prime;
        return Mix(hash, 7);
    }

    private ulong Hash(object? value)
    {
        switch (value)
        {
            case null:
                return 0x5BD1E995;
            case string text:
                return Mix(MemoryMarshal.AsBytes(text.AsSpan()));
            case byte[] bytes:
                return Mix(bytes);
            case ReadOnlyMemory<byte> memory:
                return Mix(memory.Span);
            case ArenaSlice slice:
                return Mix(slice.GetSpan(0, (int)slice.Bytes));
            case SiloAddress silo:
                return Mix((ulong)silo.Generation, (ulong)silo.Endpoint.Port);
            case Tick moment:
                return TickOf((ulong)moment.Value, MomentKind.Any);
            case Delegate:
                return 1;
            case IDictionary dictionary:
                return HashEntries(dictionary);
            case IEnumerable many:
                return HashMany(many);
            default:
                return HashFields(value, TypePlan.Of(value.GetType(), Plans, Skipped, Scratch));
        }
    }

    private ulong HashEntries(IDictionary dictionary)
    {
        ulong sum = (ulong)dictionary.Count;
        foreach (DictionaryEntry entry in dictionary) sum += Mix(Hash(entry.Key), Hash(entry.Value));
        return Mix(sum, 11);
    }

    private ulong HashMany(IEnumerable many)
    {
        bool isSet = many.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(HashSet<>);
        ulong hash = 13;
        foreach (object? one in many) hash = isSet ? hash + Mix(Hash(one), 17) : Mix(hash, Hash(one));
        return Mix(hash, 19);
    }

    private ulong HashFields(object value, TypePlan plan)
    {
        if (plan.Kind == TypeKind.Nothing) return 2;
        if (plan.Kind == TypeKind.Record && _records.TryGetValue(value, out ulong known)) return known;
        bool isAgain = plan.Kind == TypeKind.Object && !_seen.Add(value);
        ulong hash = plan.Seed;
        foreach (Func<object, ulong> plain in plan.Plain) hash = Mix(hash, plain(value));
        foreach ((Func<object, ulong> read, MomentKind kind) in plan.Ticks) hash = Mix(hash, TickOf(read(value), kind));
        foreach ((Func<object, object?> read, bool isValue) in plan.Others)
        {
            if (!isAgain || isValue) hash = Mix(hash, Hash(read(value)));
        }

        if (plan.Kind == TypeKind.Record) _records[value] = hash;
        return hash;
    }

    private ulong TickOf(ulong ticks, MomentKind kind) => _moments?.Of((long)ticks, kind) ?? ticks;
}
