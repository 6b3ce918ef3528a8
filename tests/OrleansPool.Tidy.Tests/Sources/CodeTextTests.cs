namespace OrleansPool.Tidy.Tests.Sources;

public sealed class CodeTextTests
{
    [Theory]
    [InlineData("a; // b\nc;", "a;\nc;")]
    [InlineData("a; /* b\n c */ d;", "a;\n d;")]
    [InlineData("a(\"b // c\"); d;", "a(); d;")]
    [InlineData("a(\"b \\\" c\", \"\"); d;", "a(, ); d;")]
    [InlineData("a(@\"b \\\", @\"c \"\" \"); d;", "a(, ); d;")]
    [InlineData("a(\"\"\"b \"c\" d\"\"\"); e;", "a(); e;")]
    [InlineData("a($\"b {c(\"d\")} {{e}} {f:N0}\"); g;", "a(c() f:N0); g;")]
    [InlineData("a($$\"\"\"{b} {{c}} \"d\" \"\"\"); e;", "a(c); e;")]
    [InlineData("a('\"', '\\'', '\\u0041'); b;", "a(, , ); b;")]
    [InlineData("a(@class, $\"{new { b = '}' }.b}\"); c;", "a(@class, new { b = }.b); c;")]
    public void Comments_and_literals_become_blanks(string text, string code)
    {
        string found = CodeText.Of(text);
        Assert.Equal(text.Length, found.Length);
        Assert.Equal(Words(code), Words(found));
    }

    private static string Words(string code) => string.Concat(code.Where(c => c is not ' '));
}
