namespace OrleansPool.Core.Wire;

/// <summary>Writes what follows the header of a message: fields first, and after them the payload.</summary>
internal ref struct MessageWriter(Span<byte> room)
{
    private int _fieldsEnd = -1;

    /// <summary>Where all of it goes.</summary>
    public FieldWriter Out = new(room);

    /// <summary>How many of the bytes are fields. A message that never ends its fields has no payload.</summary>
    public readonly int FieldsLength => _fieldsEnd < 0 ? Out.Count : _fieldsEnd;

    /// <summary>What is written from here on is the payload.</summary>
    public void EndFields() => _fieldsEnd = Out.Count;
}
