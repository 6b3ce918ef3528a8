namespace OrleansPool.Core.Arenas;

/// <summary>What the diagnostic arena adds to frames: poison in blocks without owner, a canary before the first and after every block.</summary>
internal sealed unsafe class FramePoison
{
    /// <summary>Bytes between two blocks: a cache line, so that blocks stay aligned to it.</summary>
    public const int CanaryBytes = 64;

    /// <summary>What a block without owner is filled with: odd, not a likely length or pointer.</summary>
    public const byte PoisonValue = 0xDB;

    private const byte CanaryValue = 0xCA;

    private readonly byte* _first;
    private readonly int _blockBytes;
    private readonly string _defaultOwner;
    private readonly bool[] _owned;
    private readonly string?[] _lastOwner;

    public FramePoison(byte* first, int blockBytes, int blockCount, string defaultOwner)
    {
        _first = first;
        _blockBytes = blockBytes;
        _defaultOwner = defaultOwner;
        _owned = new bool[blockCount];
        _lastOwner = new string?[blockCount];
        Canary(-1).Fill(CanaryValue);
        for (int i = 0; i < blockCount; i++)
        {
            Block(i).Fill(PoisonValue);
            Canary(i).Fill(CanaryValue);
        }
    }

    public void Prepare(int index, string? owner)
    {
        if (_owned[index])
            throw new ArenaFaultException($"Block {index} is given to '{owner ?? _defaultOwner}' while '{LastOwner(index)}' owns it.");
        CheckPoison(index);
        Block(index).Clear();
        _lastOwner[index] = owner ?? _defaultOwner;
        _owned[index] = true;
    }

    public void Retire(int index)
    {
        if (!_owned[index])
            throw new ArenaFaultException($"Block {index} is released twice; its last owner was '{LastOwner(index)}'.");
        CheckCanary(index - 1, index);
        CheckCanary(index, index);
        _owned[index] = false;
        Block(index).Fill(PoisonValue);
    }

    public void CheckAll()
    {
        CheckCanary(-1, 0);
        for (int i = 0; i < _owned.Length; i++)
        {
            CheckCanary(i, i);
            if (!_owned[i])
                CheckPoison(i);
        }
    }

    private void CheckPoison(int index)
    {
        int at = Block(index).IndexOfAnyExcept(PoisonValue);
        if (at >= 0)
            throw new ArenaFaultException($"Block {index} was written at byte {at} after its release; its last owner was '{LastOwner(index)}'.");
    }

    private void CheckCanary(int canary, int index)
    {
        if (Canary(canary).ContainsAnyExcept(CanaryValue))
        {
            throw new ArenaFaultException(
                $"Somebody wrote {(canary < index ? "before" : "past")} block {index} of {_blockBytes} B; its owner is '{LastOwner(index)}'.");
        }
    }

    private string LastOwner(int index) => _lastOwner[index] ?? _defaultOwner;

    private Span<byte> Block(int index) => new(_first + (long)index * (_blockBytes + CanaryBytes), _blockBytes);

    /// <summary>The canary after a block; the one before the first is number -1.</summary>
    private Span<byte> Canary(int index) => new(_first + (long)index * (_blockBytes + CanaryBytes) + _blockBytes, CanaryBytes);
}
