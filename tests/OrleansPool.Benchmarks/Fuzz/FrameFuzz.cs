using OrleansPool.Core.Wire;

namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>
/// Feeds broken frames to the header reader and to every decoder, and holds them to what they promise:
/// nothing is thrown; no byte outside of the input decides anything; what is allocated is bounded by a line in the frame's length;
/// what is accepted makes sense, can be written, and read again with the same result; and what was not broken is accepted as it was.
/// </summary>
/// <remarks>Input number i of seed s is input 0 of seed s + i: a failure is repeated alone.</remarks>
internal sealed class FrameFuzz(ulong seed)
{
    /// <summary>What reading may allocate for a frame of no length: the objects around nothing.</summary>
    public const int AllocatedBytesBase = 1024;

    /// <summary>What it may allocate for each byte of a frame. Addresses of nodes cost most: some 20 bytes become four objects.</summary>
    public const int AllocatedBytesPerByte = 10;

    private readonly FuzzReading _first = new(0x5A);
    private readonly FuzzReading _second = new(0xA5);
    private readonly FuzzReading _again = new(0x33);

    /// <summary>What became of the inputs so far.</summary>
    public FuzzCounts Counts { get; } = new();

    /// <summary>Reads the next inputs.</summary>
    /// <returns>The first that broke a promise; null for none.</returns>
    public FuzzFailure? Run(long inputCount)
    {
        for (long i = 0; i < inputCount; i++)
        {
            ulong inputSeed = seed + (ulong)Counts.Inputs;
            (byte[] input, bool isSound) = Make(inputSeed);
            Counts.Inputs++;
            Counts.Bytes += input.Length;
            if (Check(input, isSound) is { } what) return new FuzzFailure(inputSeed, what, input);
        }

        return null;
    }

    private static (byte[] Input, bool IsSound) Make(ulong inputSeed)
    {
        var random = new FuzzRandom(inputSeed);
        if (random.OneIn(20)) return (random.Bytes(random.Below(200)), false);
        var samples = new FrameSamples(random);
        byte[] frame = FrameWriting.Write(samples.Make());
        return random.OneIn(10) ? (frame, true) : (new FrameMutator(random, samples).Mutate(frame), false);
    }

    private string? Check(byte[] input, bool isSound)
    {
        try
        {
            _first.Read(input);
            _second.Read(input);
        }
        catch (Exception thrown)
        {
            return $"it throws {thrown}";
        }

        if (!_first.IsGuarded(input.Length) || !_second.IsGuarded(input.Length)) return "it writes past the end";
        if (!AreSame(_first, _second)) return "what lies past the end decides";
        if (_first.HasUnsound) return "what is accepted makes no sense";
        if (isSound && _first.Written is not [{ } same]) return "a sound frame is refused";
        if (isSound && !_first.Written[0].AsSpan().SequenceEqual(input)) return "a sound frame is not written as it was";
        foreach (FrameStatus status in _first.Statuses) Counts.Count(status);
        for (int i = 0; i < _first.Headers.Count; i++)
        {
            if (CheckFrame(i) is { } what) return what;
        }

        return null;
    }

    private string? CheckFrame(int i)
    {
        // Tables that grow once in a while, in the runtime and in Orleans, grow in one of the two readings only.
        long allocated = Math.Min(_first.Allocated[i], _second.Allocated[i]);
        FrameHeader header = _first.Headers[i];
        byte[]? written = _first.Written[i];
        Counts.Count(header.Type, written is not null, header.Length, allocated);
        if (allocated > AllocatedBytesBase + ((long)AllocatedBytesPerByte * header.Length))
        {
            return $"{header.Type} of {header.Length} bytes allocates {allocated}";
        }

        if (written is null) return null;
        try
        {
            _again.Read(written);
        }
        catch (Exception thrown)
        {
            return $"what was accepted and written again throws {thrown}";
        }

        return _again.Written is [{ } again] && again.AsSpan().SequenceEqual(written) ? null : "what was accepted and written again is not the same";
    }

    private static bool AreSame(FuzzReading one, FuzzReading other)
    {
        if (!one.Statuses.SequenceEqual(other.Statuses) || !one.Headers.SequenceEqual(other.Headers)) return false;
        for (int i = 0; i < one.Written.Count; i++)
        {
            if ((one.Written[i] is null) != (other.Written[i] is null)) return false;
            if (!one.Written[i].AsSpan().SequenceEqual(other.Written[i])) return false;
        }

        return true;
    }
}
