//! Conditions of the departure that the state alone does not show.

use super::super::Guard;

pub(super) const PRIOR: &[Guard] =
    &[Guard { article: "66.1", text: "an electronic message from somebody entitled" }];
pub(super) const ARRIVED: &[Guard] = &[
    Guard { article: "254.1", text: "at a place of departure that is set" },
    Guard {
        article: "254.1",
        text: "in working hours; otherwise the fact is flagged (4.1(46)), not refused",
    },
];
pub(super) const DECLARANT: &[Guard] = &[
    Guard { article: "288.1", text: "filed by the declarant or a customs representative" },
    Guard { article: "283.2", text: "before the departure" },
];
pub(super) const REGISTRATION: &[Guard] =
    &[Guard { article: "288.4", text: "none of the five grounds of refusal" }];
pub(super) const REFUSAL: &[Guard] =
    &[Guard { article: "288.5", text: "in writing, with the reasons" }];
pub(super) const WITHDRAWAL: &[Guard] = &[
    Guard {
        article: "290.1, 290.2",
        text: "a written request of the declarant; for foreign goods before the release is decided, for goods of the Union before the \
               actual departure, telling where the goods are",
    },
    Guard {
        article: "290.3",
        text: "written permission; no opening inspection was announced before, and no offence found",
    },
];
pub(super) const RELEASE: &[Guard] = &[
    Guard {
        article: "296.1",
        text: "papers, conditions of the procedure, duties and taxes paid or secured",
    },
    Guard {
        article: "296.3",
        text: "marks in the declaration, in the papers and in the information system",
    },
];
pub(super) const TRANSIT: &[Guard] =
    &[Guard { article: "320", text: "the seven conditions of transit" }];
pub(super) const RELEASE_REFUSAL: &[Guard] = &[Guard {
    article: "302.1",
    text: "in writing, with all the reasons and advice, within the term of release",
}];
pub(super) const PAPERS: &[Guard] = &[
    Guard {
        article: "255.1",
        text: "a customs declaration or another document that allows the export; not for goods that never left the place of movement",
    },
    Guard {
        article: "251",
        text: "the documents and data of the notice for the mode of transport",
    },
    Guard {
        article: "255.1",
        text: "proof that prohibitions and restrictions are observed, non-tariff measures included",
    },
];
pub(super) const QUANTITY: &[Guard] = &[
    Guard {
        article: "256.1",
        text: "foreign goods leave in the quantity and condition in which they were placed under their procedure, natural wear and loss aside",
    },
    Guard {
        article: "256.3",
        text: "goods of the Union may leave in a smaller quantity, whatever the reason",
    },
];
pub(super) const MARKS: &[Guard] = &[Guard {
    article: "255.4",
    text: "marks on the declaration, or on the other document that allows the export, and on the transport documents",
}];
pub(super) const FORBIDDEN: &[Guard] =
    &[Guard { article: "244.4", text: "prohibited to export, or restricted and without proof" }];
pub(super) const PROVEN: &[Guard] = &[Guard {
    article: "244.4",
    text: "restricted goods, whose papers on the observance of the restriction are submitted; not prohibited ones",
}];
pub(super) const BACK: &[Guard] = &[
    Guard {
        article: "185.5, 290.2",
        text: "the declaration of goods of the Union is withdrawn, if one was registered",
    },
    Guard { article: "252.5", text: "foreign goods go back under a procedure" },
];
pub(super) const EXIT: &[Guard] = &[Guard { article: "186.6", text: "the exit is permitted" }];
pub(super) const VEHICLE: &[Guard] = &[Guard { article: "186.6", text: "permission of the body" }];
pub(super) const INFORM: &[Guard] = &[Guard {
    article: "257",
    text: "the carrier tells the nearest body at once what happened and where the goods are",
}];
pub(super) const DIVISION: &[Guard] = &[Guard {
    article: "4.1(48)",
    text: "each part, or the whole, is a consignment by its transport documents; clocks and seals go with the goods",
}];
pub(super) const ART_244: &[Guard] = &[
    Guard { article: "237.2", text: "a protocol on the prescribed form" },
    Guard {
        article: "244.3, 244.4",
        text: "prohibited to export, or restricted and without proof",
    },
];
pub(super) const ART_283: &[Guard] = &[
    Guard { article: "237.2", text: "a protocol on the prescribed form" },
    Guard {
        article: "283.4",
        text: "goods whose return after an offence was decided, not declared within thirty days",
    },
];
pub(super) const ART_312: &[Guard] = &[
    Guard { article: "237.2", text: "a protocol on the prescribed form" },
    Guard {
        article: "312.3",
        text: "the procedure cannot go on after a liability, and was not completed in fifteen days",
    },
];
pub(super) const ART_466: &[Guard] = &[
    Guard { article: "237.2", text: "a protocol on the prescribed form" },
    Guard {
        article: "466.4",
        text: "goods for personal use, whose customs operations were not done",
    },
];
