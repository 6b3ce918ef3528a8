using System.Text;

namespace OrleansPool.Core.Segments;

/// <summary>Owner labels as 16-bit numbers, counted by their users, so that a lease's row stays small.</summary>
/// <remarks>Owned by the segment's executor. Label 0 is "no label", which a lease also gets when all numbers are in use.</remarks>
internal sealed class LabelTable
{
    public const int LabelCountMax = ushort.MaxValue;

    private const int CharCountOnStackMax = 256;

    private readonly Dictionary<string, ushort> _numbers = new(StringComparer.Ordinal);
    private readonly List<(string Text, int Users)> _labels = [("", 0)];
    private readonly Stack<ushort> _free = new();

    public string this[ushort label] => _labels[label].Text;

    /// <summary>The number of a label, in UTF-8; a new one for a new label.</summary>
    public ushort Acquire(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return 0;
        Span<char> chars = utf8.Length <= CharCountOnStackMax ? stackalloc char[utf8.Length] : new char[utf8.Length];
        chars = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        if (_numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(chars, out string? text, out ushort label))
        {
            _labels[label] = (text, _labels[label].Users + 1);
            return label;
        }

        return Add(chars.ToString());
    }

    public void Release(ushort label)
    {
        if (label == 0) return;
        (string text, int users) = _labels[label];
        _labels[label] = (text, users - 1);
        if (users > 1) return;
        _numbers.Remove(text);
        _labels[label] = ("", 0);
        _free.Push(label);
    }

    private ushort Add(string text)
    {
        if (!_free.TryPop(out ushort label))
        {
            if (_labels.Count > LabelCountMax) return 0;
            label = (ushort)_labels.Count;
            _labels.Add(default);
        }

        _labels[label] = (text, 1);
        _numbers.Add(text, label);
        return label;
    }
}
