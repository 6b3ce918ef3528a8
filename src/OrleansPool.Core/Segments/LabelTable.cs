namespace OrleansPool.Core.Segments;

/// <summary>Owner labels as 16-bit numbers, counted by their users, so that a lease's row stays small.</summary>
/// <remarks>Owned by the segment's executor. Label 0 is "no label", which a lease also gets when all numbers are in use.</remarks>
internal sealed class LabelTable
{
    public const int LabelCountMax = ushort.MaxValue;

    private readonly Dictionary<string, ushort> _numbers = new(StringComparer.Ordinal);
    private readonly List<(string Text, int Users)> _labels = [("", 0)];
    private readonly Stack<ushort> _free = new();

    public string this[ushort label] => _labels[label].Text;

    public ushort Acquire(string? text)
    {
        if (string.IsNullOrEmpty(text)) return 0;
        if (!_numbers.TryGetValue(text, out ushort label))
        {
            if (!_free.TryPop(out label))
            {
                if (_labels.Count > LabelCountMax) return 0;
                label = (ushort)_labels.Count;
                _labels.Add(default);
            }

            _labels[label] = (text, 0);
            _numbers.Add(text, label);
        }

        _labels[label] = (text, _labels[label].Users + 1);
        return label;
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
}
