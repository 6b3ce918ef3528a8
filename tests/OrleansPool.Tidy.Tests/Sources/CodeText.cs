namespace OrleansPool.Tidy.Tests.Sources;

/// <summary>Reads C# just well enough to tell code from comments and literals.</summary>
/// <remarks>
/// What is no code becomes blanks of the same length, so that indices and lines stay true. What stands in the holes of an interpolated string is
/// code.
/// </remarks>
internal sealed class CodeText
{
    private readonly string _text;
    private readonly char[] _code;
    private int _at;

    private CodeText(string text)
    {
        _text = text;
        _code = text.ToCharArray();
    }

    public static string Of(string text)
    {
        CodeText reader = new(text);
        while (reader._at < text.Length) reader.Code(isHole: false);
        return new string(reader._code);
    }

    /// <summary>Passes over code: to the end, or to the brace that closes a hole.</summary>
    private void Code(bool isHole)
    {
        int depth = 0;
        while (_at < _text.Length)
        {
            if (Sees("//")) BlankTo(IndexOf("\n", _at));
            else if (Sees("/*")) BlankTo(IndexOf("*/", _at + 2) + 2);
            else if (_text[_at] == '\'' && CharacterEnd() is > 0 and var end) BlankTo(end);
            else if (_text[_at] is '"' or '$' or '@' && TryString()) continue;
            else if (isHole && _text[_at] == '}' && depth-- == 0) return;
            else if (_text[_at++] == '{') depth++;
        }
    }

    private bool TryString()
    {
        int quote = _at;
        while (quote < _text.Length && _text[quote] is '$' or '@') quote++;
        if (quote == _text.Length || _text[quote] != '"') return false;
        ReadOnlySpan<char> prefix = _text.AsSpan(_at, quote - _at);
        int holeBraces = prefix.Count('$');
        bool isVerbatim = prefix.Contains('@');
        int quotes = isVerbatim ? 1 : Run('"', quote);
        BlankTo(quote + quotes);
        if (quotes != 2) String(quotes, holeBraces, isVerbatim);
        return true;
    }

    private void String(int quotes, int holeBraces, bool isVerbatim)
    {
        bool isRaw = quotes > 2;
        while (_at < _text.Length)
        {
            char c = _text[_at];
            int run = c is '"' or '{' ? Run(c, _at) : 1;
            if (c == '"' && isVerbatim && run > 1)
            {
                BlankTo(_at + 2);
            }
            else if (c == '"' && run >= quotes)
            {
                BlankTo(_at + (isRaw ? run : 1));
                return;
            }
            else if (c == '{' && holeBraces > 0 && (isRaw ? run >= holeBraces : run % 2 == 1))
            {
                BlankTo(_at + run);
                Code(isHole: true);
                BlankTo(_at + holeBraces);
            }
            else
            {
                BlankTo(_at + (c == '\\' && !isRaw && !isVerbatim ? 2 : run));
            }
        }
    }

    /// <summary>Where a character literal ends; 0 if this is an apostrophe of something else.</summary>
    private int CharacterEnd()
    {
        bool isEscaped = _at + 1 < _text.Length && _text[_at + 1] == '\\';
        int end = _at + 2 < _text.Length ? _text.IndexOf('\'', _at + (isEscaped ? 3 : 2)) : -1;
        return end > 0 && end - _at <= (isEscaped ? "'\\U00000000".Length : 2) ? end + 1 : 0;
    }

    private bool Sees(string what) => _text.AsSpan(_at).StartsWith(what, StringComparison.Ordinal);

    private int IndexOf(string what, int from) => _text.IndexOf(what, from, StringComparison.Ordinal) is >= 0 and var index ? index : _text.Length;

    private int Run(char of, int from)
    {
        int end = from;
        while (end < _text.Length && _text[end] == of) end++;
        return end - from;
    }

    private void BlankTo(int end)
    {
        for (; _at < end && _at < _text.Length; _at++)
        {
            if (_text[_at] != '\n') _code[_at] = ' ';
        }
    }
}
