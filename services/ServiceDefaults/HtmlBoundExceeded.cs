using System.Collections.Frozen;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Html.Parser.Tokens.Struct;
using AngleSharp.Text;

namespace NewsPlatform.ServiceDefaults;

/// <summary>HTML that needs more work than it is worth. <see cref="Exception.Message"/> is the rule that it breaks.</summary>
public sealed class HtmlBoundExceeded(string rule) : Exception(rule);
