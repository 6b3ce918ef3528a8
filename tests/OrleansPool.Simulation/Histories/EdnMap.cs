using System.Globalization;
using System.Text;

namespace OrleansPool.Simulation.Histories;

/// <summary>Reads one line with a flat map of EDN, <c>{:process 0, :type :ok, :value "x"}</c>: of its values, numbers, keywords, strings and nil.</summary>
internal sealed class EdnMap
{
    private readonly Dictionary<string, object?> _values = [];
    private readonly string _file;
    private readonly int _line;
    private readonly string _text;
    private int _at;

    private EdnMap(string file, int line, string text) => (_file, _line, _text) = (file, line, text.Trim());

    /// <exception cref="HistoryFormatException">It is no such map.</exception>
    public static EdnMap Parse(string file, int line, string text)
    {
        var map = new EdnMap(file, line, text);
        map.ReadAll();
        return map;
    }

    public int Number(string name) =>
        Value(name) is long number && number is >= 0 and <= int.MaxValue ? (int)number : throw Wrong($"{name} is not a number from 0 to {int.MaxValue}");

    public string Keyword(string name) => Value(name) is Name keyword ? keyword.Text : throw Wrong($"{name} is not a keyword");

    /// <summary>The string; null for nil.</summary>
    public string? Text(string name) => Value(name) is null or string ? (string?)Value(name) : throw Wrong($"{name} is neither a string nor nil");

    public HistoryFormatException Wrong(string problem) => new(_file, _line, $"{problem}, in '{_text}'");

    private object? Value(string name) => _values.TryGetValue(name, out object? value) ? value : throw Wrong($"{name} is missing");

    private void ReadAll()
    {
        Take('{');
        for (SkipSpace(); Next != '}'; SkipSpace())
        {
            if (ReadValue() is not Name name) throw Wrong($"a keyword such as :process was expected at column {_at + 1}");
            SkipSpace();
            if (!_values.TryAdd(name.Text, ReadValue())) throw Wrong($"{name.Text} stands there twice");
        }

        Take('}');
        if (_at != _text.Length) throw Wrong("something follows the map");
    }

    private char Next => _at < _text.Length ? _text[_at] : throw Wrong("the line ends too early");

    private void Take(char expected)
    {
        if (Next != expected) throw Wrong($"'{expected}' was expected at column {_at + 1}");
        _at++;
    }

    /// <remarks>Commas are space in EDN.</remarks>
    private void SkipSpace()
    {
        while (Next == ',' || char.IsWhiteSpace(Next)) _at++;
    }

    private object? ReadValue()
    {
        if (Next == '"') return ReadString();
        int start = _at;
        while (Next is not (',' or '}' or '"') && !char.IsWhiteSpace(Next)) _at++;
        string token = _text[start.._at];
        if (token == "nil") return null;
        if (token.Length > 1 && token[0] == ':') return new Name(token);
        return long.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Wrong($"'{token}' at column {start + 1} is neither a number, a keyword, a string nor nil");
    }

    private string ReadString()
    {
        var text = new StringBuilder();
        for (Take('"'); Next != '"'; _at++)
        {
            bool isEscaped = Next == '\\';
            if (isEscaped) _at++;
            text.Append(isEscaped ? Unescape(Next) : Next);
        }

        Take('"');
        return text.ToString();
    }

    private char Unescape(char escaped) =>
        escaped switch { 'n' => '\n', 't' => '\t', 'r' => '\r', '"' or '\\' => escaped, _ => throw Wrong($"unknown escape '\\{escaped}'") };

    private sealed record Name(string Text);
}
