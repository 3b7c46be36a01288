//! Conditions of the arrival that the state alone does not show.

use super::super::Guard;

pub(super) const PRIOR: &[Guard] =
    &[Guard { article: "66.1", text: "an electronic message from somebody entitled" }];
pub(super) const ARRIVED: &[Guard] = &[
    Guard { article: "248.1", text: "at a place of arrival that is set" },
    Guard {
        article: "248.1",
        text: "in working hours; otherwise the fact is flagged (4.1(46)), not refused",
    },
];
pub(super) const VEHICLE: &[Guard] = &[
    Guard { article: "252.2", text: "permission of the body on request of the interested person" },
    Guard { article: "252.2", text: "in working hours and in a place meant for it" },
];
pub(super) const STORAGE_PAPERS: &[Guard] = &[Guard {
    article: "267.1",
    text: "the papers tell of the goods, of consignor or consignee, and of the country of dispatch or destination",
}];
pub(super) const DECLARANT: &[Guard] =
    &[Guard { article: "288.1", text: "filed by the declarant or a customs representative" }];
pub(super) const STORED: &[Guard] =
    &[Guard { article: "267.2", text: "the confirmation of registration is issued" }];
pub(super) const REGISTRATION: &[Guard] =
    &[Guard { article: "288.4", text: "none of the five grounds of refusal" }];
pub(super) const TRANSIT_REGISTRATION: &[Guard] = &[Guard {
    article: "288.8",
    text: "the term of two hours does not apply to a transit declaration",
}];
pub(super) const REFUSAL: &[Guard] =
    &[Guard { article: "288.5", text: "in writing, with the reasons" }];
pub(super) const WITHDRAWAL: &[Guard] = &[
    Guard {
        article: "290.1",
        text: "a written request of the declarant, before the release is decided",
    },
    Guard {
        article: "290.3",
        text: "written permission; no opening inspection was announced before, and no offence found",
    },
    Guard {
        article: "290.1",
        text: "a new declaration is filed within the term of temporary storage",
    },
];
pub(super) const RELEASE: &[Guard] = &[
    Guard {
        article: "296.1",
        text: "papers, conditions of the procedure, duties and taxes paid or secured",
    },
    Guard { article: "272.2", text: "veterinary, phytosanitary and other state control is done" },
    Guard {
        article: "296.3",
        text: "marks in the declaration, in the papers and in the information system",
    },
];
pub(super) const RELEASE_BEFORE: &[Guard] = &[
    Guard { article: "298.1", text: "goods of art. 276 or of an authorised economic operator" },
    Guard {
        article: "298.1",
        text: "commercial papers, an undertaking to declare by the 10th of the next month, proof of restrictions",
    },
];
pub(super) const RELEASE_REFUSAL: &[Guard] = &[Guard {
    article: "302.1",
    text: "in writing, with all the reasons and advice, within the term of release",
}];
pub(super) const TRANSIT: &[Guard] = &[
    Guard { article: "320(1)", text: "not prohibited to import or to export" },
    Guard { article: "320(2)", text: "papers that prove the observance of restrictions" },
    Guard {
        article: "320(3)",
        text: "border control and other state control of the place of arrival are done",
    },
    Guard { article: "320(4)", text: "a transit declaration is submitted" },
    Guard { article: "320(5)", text: "measures of art. 321 are taken" },
    Guard { article: "320(6)", text: "the goods are identified (198)" },
    Guard { article: "320(7)", text: "the vehicle is fit for seals, if it goes under seals" },
];
pub(super) const MUST_LEAVE: &[Guard] =
    &[Guard { article: "244.4", text: "prohibited to import, or restricted and without proof" }];
pub(super) const PROVEN: &[Guard] = &[Guard {
    article: "244.4",
    text: "restricted goods, whose papers on the observance of the restriction are submitted; not prohibited ones",
}];
pub(super) const RETURN: &[Guard] = &[
    Guard {
        article: "255.1",
        text: "the goods did not leave the place of movement since they arrived; no declaration is needed then",
    },
    Guard { article: "255.4", text: "marks of the body on the transport documents" },
];
pub(super) const EXIT: &[Guard] = &[Guard { article: "186.6", text: "the exit is permitted" }];
pub(super) const PROTOCOL: &[Guard] =
    &[Guard { article: "237.2", text: "a protocol on the prescribed form" }];
pub(super) const ART_244: &[Guard] = &[
    Guard { article: "237.2", text: "a protocol on the prescribed form" },
    Guard { article: "244.5", text: "removal is impossible, or was not immediate" },
];
pub(super) const ART_268: &[Guard] = &[
    Guard { article: "237.2", text: "a protocol on the prescribed form" },
    Guard { article: "268.4", text: "the term of temporary storage expired" },
];
pub(super) const ART_283: &[Guard] = &[
    Guard { article: "237.2", text: "a protocol on the prescribed form" },
    Guard {
        article: "283.4",
        text: "goods whose return after an offence was decided, not declared within thirty days",
    },
];
pub(super) const ART_290: &[Guard] = &[
    Guard { article: "237.2", text: "a protocol on the prescribed form" },
    Guard {
        article: "290.1",
        text: "their declaration was withdrawn, and none was filed within the term of temporary storage",
    },
];
pub(super) const ART_466: &[Guard] = &[
    Guard { article: "237.2", text: "a protocol on the prescribed form" },
    Guard {
        article: "466.4",
        text: "goods for personal use, whose customs operations were not done",
    },
];
pub(super) const DIVISION: &[Guard] = &[Guard {
    article: "4.1(48)",
    text: "each part, or the whole, is a consignment by its transport documents; clocks and seals go with the goods",
}];
